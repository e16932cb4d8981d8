-- Users and roles for the Database login module, in PostgreSQL.
-- Names compare byte by byte: a text column without a nondeterministic collation does.

create table users (
  name     text primary key,
  password text not null
);

create table user_roles (
  name       text not null references users (name) on delete cascade,
  role       text not null,
  role_group text,
  primary key (name, role)
);

-- SHA-256 in base64, as JBoss's hashAlgorithm and hashEncoding have it, of 'eric-password' and 'amar-password'.
-- Each is replaced by an Argon2id hash when its user signs in.
insert into users values
  ('eric', 'WO67EJdzTQadpIQER0T3SbwRFGjTztvT/Wo9FjQygbA='),
  ('amar', '0wO87NiVcs6T/bn5SbfCIjUzIzQ0FN8cWDrflOkRvOQ=');

insert into user_roles values
  ('eric', 'all', 'Roles'),
  ('eric', 'Eric Example', 'CallerPrincipal'),
  ('amar', 'AB', null);

-- The account of Gatehouse may read both tables and replace passwords, and nothing else.
create role gatehouse_login login password 'change-me';
grant select on users, user_roles to gatehouse_login;
grant update (password) on users to gatehouse_login;
