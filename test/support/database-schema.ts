/** @module JBoss's tables with a few users, for the modules that ask a database. */

export const principalsAndRoles = [
  'create table Principals (PrincipalID varchar(300) primary key, Password varchar(300))',
  'create table Roles (PrincipalID varchar(300), Role varchar(300), RoleGroup varchar(300))',
  "insert into Principals values ('alice', 'secret'), ('bob', 'bob-secret'), ('nul', null), ('empty', '')",
  `insert into Roles values ('alice', 'all', 'Roles'), ('alice', 'AB', null), ('alice', 'extra', ''), ('alice', 'all', 'Roles'),
     ('alice', 'Alice', 'CallerPrincipal'), ('alice', 'r9', 'Other'), ('carol', 'boss', 'Roles'), ('stacked', 'all', 'Roles'), ('nobody', null, null)`,
].join(';\n');
