-- Tables of Reranker's cluster membership in PostgreSQL 12 or later. A silo runs this at its start unless
-- Reranker:Cluster:CreateTables is false; then a role that may create tables runs it once, for example with psql.
-- Running it again changes nothing. Orleans reads its statements from the table OrleansQuery and binds the parameters
-- by name; every statement that changes the membership is one atomic compare-and-swap on the version.

BEGIN;
-- Silos that start at once would race to create the same tables.
SELECT pg_advisory_xact_lock(5218431107);

CREATE TABLE IF NOT EXISTS OrleansQuery
(
    QueryKey text PRIMARY KEY,
    QueryText text NOT NULL
);

CREATE TABLE IF NOT EXISTS reranker_membership
(
    cluster text PRIMARY KEY,
    version integer NOT NULL
);

CREATE TABLE IF NOT EXISTS reranker_silo
(
    cluster text NOT NULL REFERENCES reranker_membership ON DELETE CASCADE,
    address text NOT NULL,
    port integer NOT NULL,
    generation integer NOT NULL,
    name text NOT NULL,
    host text NOT NULL,
    status integer NOT NULL,
    gateway_port integer NOT NULL,
    suspicions text,
    started timestamptz NOT NULL,
    alive timestamptz NOT NULL,
    PRIMARY KEY (cluster, address, port, generation)
);

-- Statements that are there already stay: a database that was set up with other scripts keeps working with its own tables.
INSERT INTO OrleansQuery (QueryKey, QueryText) VALUES
('InsertMembershipVersionKey', $$
    WITH added AS
    (
        INSERT INTO reranker_membership (cluster, version) VALUES (@DeploymentId, 0)
        ON CONFLICT DO NOTHING
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM added) $$),

('InsertMembershipKey', $$
    WITH next AS
    (
        UPDATE reranker_membership AS m SET version = m.version + 1
        WHERE m.cluster = @DeploymentId AND m.version = @Version
        AND NOT EXISTS
        (
            SELECT FROM reranker_silo AS s
            WHERE s.cluster = m.cluster AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
        )
        RETURNING m.cluster
    ),
    added AS
    (
        INSERT INTO reranker_silo (cluster, address, port, generation, name, host, status, gateway_port, started, alive)
        SELECT next.cluster, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime FROM next
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM added) $$),

('UpdateMembershipKey', $$
    WITH next AS
    (
        UPDATE reranker_membership AS m SET version = m.version + 1
        WHERE m.cluster = @DeploymentId AND m.version = @Version
        AND EXISTS
        (
            SELECT FROM reranker_silo AS s
            WHERE s.cluster = m.cluster AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
        )
        RETURNING m.cluster
    ),
    changed AS
    (
        UPDATE reranker_silo AS s SET status = @Status, suspicions = @SuspectTimes, alive = @IAmAliveTime
        FROM next
        WHERE s.cluster = next.cluster AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
        RETURNING 1
    )
    SELECT EXISTS (SELECT FROM changed) $$),

('UpdateIAmAlivetimeKey', $$
    UPDATE reranker_silo SET alive = @IAmAliveTime
    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation $$),

('MembershipReadRowKey', $$
    SELECT m.version AS Version, s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName,
           s.host AS HostName, s.status AS Status, s.gateway_port AS ProxyPort, s.suspicions AS SuspectTimes,
           s.started AS StartTime, s.alive AS IAmAliveTime
    FROM reranker_membership AS m
    LEFT JOIN reranker_silo AS s
    ON s.cluster = m.cluster AND s.address = @Address AND s.port = @Port AND s.generation = @Generation
    WHERE m.cluster = @DeploymentId $$),

('MembershipReadAllKey', $$
    SELECT m.version AS Version, s.address AS Address, s.port AS Port, s.generation AS Generation, s.name AS SiloName,
           s.host AS HostName, s.status AS Status, s.gateway_port AS ProxyPort, s.suspicions AS SuspectTimes,
           s.started AS StartTime, s.alive AS IAmAliveTime
    FROM reranker_membership AS m
    LEFT JOIN reranker_silo AS s ON s.cluster = m.cluster
    WHERE m.cluster = @DeploymentId $$),

('GatewaysQueryKey', $$
    SELECT address AS Address, gateway_port AS ProxyPort, generation AS Generation
    FROM reranker_silo
    WHERE cluster = @DeploymentId AND status = @Status AND gateway_port > 0 $$),

('DeleteMembershipTableEntriesKey', $$
    DELETE FROM reranker_membership WHERE cluster = @DeploymentId $$),

-- Status 6 is Dead.
('CleanupDefunctSiloEntriesKey', $$
    DELETE FROM reranker_silo WHERE cluster = @DeploymentId AND status = 6 AND alive < @IAmAliveTime $$),

('CleanupDefunctSiloEntryKey', $$
    DELETE FROM reranker_silo
    WHERE cluster = @DeploymentId AND address = @Address AND port = @Port AND generation = @Generation AND status = 6
    AND started = @StartTime AND alive = @IAmAliveTime
    AND coalesce(suspicions, '') = coalesce(@SuspectTimes::text, '') $$)
ON CONFLICT (QueryKey) DO NOTHING;

COMMIT;
