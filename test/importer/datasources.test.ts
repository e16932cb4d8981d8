/** @module Datasources of an import: what is said of that which the driver alone understands. */
import { describe, expect, it } from 'vitest';
import { buildReport, printReport } from '../../src/importer/report.ts';
import { importText } from './corpus.ts';

const reportOf = (datasource: string) =>
  printReport(
    buildReport(
      'standalone.xml',
      importText(
        `<server xmlns="urn:jboss:domain:4.1"><profile><subsystem xmlns="urn:jboss:domain:datasources:4.0"><datasources>${datasource}</datasources></subsystem></profile></server>`,
      ),
    ),
  );
const security = '<security><user-name>reader</user-name><password>pw</password></security>';
const withUrl = (url: string) =>
  reportOf(
    `<datasource jndi-name="java:/a" pool-name="a"><connection-url>${url}</connection-url><driver>postgresql</driver>${security}</datasource>`,
  );

describe('parameters in the address of a datasource', () => {
  it('are named for doing by hand, without their values', () => {
    const report = withUrl('jdbc:postgresql://localhost/users?currentSchema=auth&amp;sslpassword=hidden-6f1c');
    expect(report).toContain('[ ] a: the parameters currentSchema, sslpassword of its address are left out');
    expect(report).not.toContain('hidden-6f1c');
  });

  it('are not spoken of where there are none', () => {
    expect(withUrl('jdbc:postgresql://localhost/users')).not.toContain('left out');
  });

  it('of an XA datasource are not counted as kept', () => {
    const properties = { ServerName: 'localhost', DatabaseName: 'users', CurrentSchema: 'auth' };
    const report = reportOf(
      `<xa-datasource jndi-name="java:/a" pool-name="a"><driver>postgresql</driver>${Object.entries(properties)
        .map(([name, value]) => `<xa-datasource-property name="${name}">${value}</xa-datasource-property>`)
        .join('')}${security}</xa-datasource>`,
    );
    expect(report).toContain('[ ] a: the parameters currentschema of its address are left out');
    const told = report
      .split('\n')
      .filter((line) => line.includes('xa-datasource-property') && line.includes('left out'));
    expect(told).toHaveLength(1);
  });
});
