package hokku.postgres;

import hokku.api.UserError;
import hokku.api.spi.Datastore;
import java.io.InputStream;
import java.io.OutputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Puts a dump in the place of a database.
///
/// It is read into a fresh database beside. Not before that is whole do the two change names, in one transaction: nobody ever meets
/// half of the data, and whatever happens before leaves the former one as it was. What a restore that was cut off left behind, the
/// next one removes.
record Restore(Client client) {
    private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
    static final String INCOMING = "hokku_incoming";
    static final String OUTGOING = "hokku_outgoing";

    void from(InputStream input) throws Exception {
        InputStream dump = DumpForm.demand(client.service(), input);
        removeLeftovers();
        client.sqlFromAway("CREATE DATABASE %s TEMPLATE template0;".formatted(INCOMING));
        boolean swapped = false;
        try {
            fill(dump);
            // Without figures on what is in the tables the first queries could take very long.
            client.sql(INCOMING, "ANALYZE;");
            swap();
            swapped = true;
        } finally {
            if (!swapped) {
                tidy();
            }
        }
        tidy();
    }

    private void fill(InputStream dump) throws InterruptedException {
        // Users and their rights are no part of a dump, so nothing is made theirs.
        Datastore.Call call = Client.call(client.service(), "pg_restore", "--no-password", "--exit-on-error", "--no-owner", "--no-privileges",
                "--dbname=" + INCOMING);
        Datastore.Inside.Result result = client.inside().run(call, dump, OutputStream.nullOutputStream());
        if (result.exit() != 0) {
            throw new UserError(DumpForm.explained("restored", result.errors()) + "\nThe data of " + client.service().name() + " was not touched");
        }
    }

    /// While the list of databases is locked, nobody can connect: those who try get the new database.
    private void swap() throws InterruptedException {
        String name = Client.database(client.service());
        client.sqlFromAway("""
                SET lock_timeout = '30s';
                %1$s
                BEGIN;
                LOCK TABLE pg_database IN ACCESS EXCLUSIVE MODE;
                %1$s
                %2$s
                INSERT INTO pg_db_role_setting SELECT fresh.oid, kept.setrole, kept.setconfig FROM pg_db_role_setting kept
                JOIN pg_database former ON former.oid = kept.setdatabase AND former.datname = %3$s
                JOIN pg_database fresh ON fresh.datname = %4$s;
                ALTER DATABASE %5$s RENAME TO %6$s;
                ALTER DATABASE %7$s RENAME TO %5$s;
                COMMIT;
                """.formatted(disconnecting(name), disconnecting(INCOMING), Client.literal(name), Client.literal(INCOMING), Client.name(name),
                OUTGOING, INCOMING));
    }

    private void removeLeftovers() throws InterruptedException {
        for (String leftover : new String[] {INCOMING, OUTGOING}) {
            client.sqlFromAway(disconnecting(leftover) + "\nDROP DATABASE IF EXISTS " + leftover + ";");
        }
    }

    /// Leftovers take space, and do no other harm.
    private void tidy() {
        try {
            removeLeftovers();
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failed) {
            LOG.warn("What a restore of {} left behind is removed by the next one: {}", client.service().name(), failed.getMessage());
        }
    }

    /// SQL that ends the connections to a database.
    static String disconnecting(String database) {
        return "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = " + Client.literal(database) + " AND pid <> pg_backend_pid();";
    }
}
