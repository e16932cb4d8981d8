-- The people of the example, in PostgreSQL. Passwords are SHA-256 in base64, as JBoss's hashAlgorithm and hashEncoding have it:
-- eric-password, amar-password, brian-password and alan-password.

create table users (
  name     text primary key,
  password text not null
);

create table roles (
  name       text not null references users (name) on delete cascade,
  role       text not null,
  role_group text not null default 'Roles'
);

insert into users values
  ('eric', 'WO67EJdzTQadpIQER0T3SbwRFGjTztvT/Wo9FjQygbA='),
  ('amar', '0wO87NiVcs6T/bn5SbfCIjUzIzQ0FN8cWDrflOkRvOQ='),
  ('brian', 'zzu99Wiqypa0kh/17fcBwYOV8uc0fIryGCeKK9b6tNE='),
  ('alan', 'vu/KPodrsB3qiEgNxW4ASk7MiKwnvx9mk/EqQg5FJHY=');

insert into roles values
  ('eric', 'all'),
  ('amar', 'AB'),
  ('brian', 'C');
-- Somebody without a row cannot sign in at all, in JBoss as here. A row of another group than Roles gives no role.
insert into roles values ('alan', 'staff', 'Department');

-- The account of the identity provider reads both tables and nothing else.
create role gatehouse_login login password 'change-me';
grant select on users, roles to gatehouse_login;
