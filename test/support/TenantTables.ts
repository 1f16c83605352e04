/** The tables of a database as its catalog knows them, so that a new one can not be forgotten. */
import type * as Pg from "pg"

/** The gateway's own: nothing in them belongs to an organization. */
const ownTables = /^(gateway_keys|gateway_processes|gateway_migrations_[a-z0-9_-]+)$/

export const tablesOf = async (owner: Pg.Client): Promise<ReadonlyArray<string>> => {
  const { rows } = await owner.query<{ name: string }>(`
    SELECT relname AS name FROM pg_class
    WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace ORDER BY relname`)
  return rows.map(({ name }) => name)
}

export const tenantTablesOf = async (owner: Pg.Client) =>
  (await tablesOf(owner)).filter((table) => !ownTables.test(table))

/** Every way in which the catalog is not as the wall between organizations needs it, in words. */
export const breachesOf = async (owner: Pg.Client): Promise<ReadonlyArray<string>> => {
  const found = [
    ...(await say(owner, unprotected, "has no forced row-level security", ownTables)),
    ...(await say(owner, withoutPolicies, "has other policies than ours", ownTables)),
    ...(await say(
      owner,
      withoutOrganization,
      "has no organization_id that is not null",
      ownTables,
    )),
    ...(await say(owner, ownTablesOpenToTenants, "is open to gateway_app")),
    ...(await say(
      owner,
      unboundRoles,
      "is a superuser, bypasses row-level security or joins others",
    )),
    ...(await say(owner, owningRoles, "owns something")),
    ...(await say(owner, aroundTheWall, "runs with the rights of its owner")),
  ]
  return found
}

const say = async (owner: Pg.Client, query: string, breach: string, except?: RegExp) => {
  const { rows } = await owner.query<{ name: string }>(query)
  return rows.filter(({ name }) => !except?.test(name)).map(({ name }) => `${name} ${breach}`)
}

const tables = `pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace`

const unprotected = `
  SELECT relname AS name FROM ${tables} AND NOT (relrowsecurity AND relforcerowsecurity)`

const ours = "(organization_id = current_setting('app.organization'::text, true))"

const withoutPolicies = `
  SELECT relname AS name FROM ${tables} AND (
    SELECT array_agg(row(roles::text, permissive, cmd, qual, with_check)::text ORDER BY roles::text)
    FROM pg_policies WHERE schemaname = 'public' AND tablename = relname
  ) IS DISTINCT FROM ARRAY[
    row('{gateway_app}', 'PERMISSIVE', 'ALL', $$${ours}$$, $$${ours}$$)::text,
    row('{gateway_system}', 'PERMISSIVE', 'ALL', 'true', 'true')::text]`

const withoutOrganization = `
  SELECT relname AS name FROM ${tables} AND NOT EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = c.oid AND attname = 'organization_id' AND attnotnull
      AND atttypid = 'text'::regtype)`

const ownTablesOpenToTenants = `
  SELECT relname AS name FROM ${tables} AND relname LIKE 'gateway\\_%' AND (
    has_table_privilege('gateway_app', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
    OR has_any_column_privilege('gateway_app', c.oid, 'SELECT, INSERT, UPDATE'))`

const unboundRoles = `
  SELECT rolname AS name FROM pg_roles r
  WHERE rolname IN ('gateway_app', 'gateway_system') AND (
    rolsuper OR rolbypassrls OR rolcreaterole OR rolcreatedb
    OR EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid))`

const owningRoles = `
  SELECT DISTINCT refobjid::regrole::text AS name FROM pg_shdepend
  WHERE deptype = 'o' AND refclassid = 'pg_authid'::regclass
    AND refobjid IN ('gateway_app'::regrole, 'gateway_system'::regrole)`

/** A view, or such a function, would look past the policies of the tables it reads. */
const aroundTheWall = `
  SELECT relname AS name FROM pg_class
  WHERE relkind IN ('v', 'm') AND relnamespace = 'public'::regnamespace
    AND coalesce(array_to_string(reloptions, ','), '') !~ 'security_invoker=(true|on)'
  UNION ALL
  SELECT proname FROM pg_proc WHERE prosecdef AND pronamespace = 'public'::regnamespace`
