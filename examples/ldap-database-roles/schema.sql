-- Roles of people whom the directory knows; no passwords.
create table user_roles (
  name text not null,
  role text not null,
  primary key (name, role)
);

insert into user_roles values ('eric', 'all'), ('amar', 'AB');

create role gatehouse_roles login password 'change-me-too';
grant select on user_roles to gatehouse_roles;
