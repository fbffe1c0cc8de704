package hokku.postgres;

import hokku.api.Service;
import hokku.api.UserError;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/// Tells dumps in PostgreSQL's custom format from what people send instead.
final class DumpForm {
    private static final int HEAD = 512;
    private static final String CUSTOM = "PGDMP";
    private static final Pattern SQL = Pattern.compile("(?im)^\\s*(--|/\\*|\\\\restrict|(set|select|create|insert|alter|drop|begin|copy)\\b)");

    private DumpForm() {}

    /// @return all of the input
    /// @throws UserError when it does not begin as a dump does; the message says what it is and what to do
    static InputStream demand(Service service, InputStream input) throws IOException {
        byte[] head = input.readNBytes(HEAD);
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith(CUSTOM)) {
            return new SequenceInputStream(new ByteArrayInputStream(head), input);
        }
        throw new UserError(refusal(service, head, text) + "\nThe data of " + service.name() + " was not touched");
    }

    private static String refusal(Service service, byte[] head, String text) {
        if (head.length == 0) {
            return "The input is empty. Send a dump as standard input: postgres:import " + service.name() + " < FILE";
        }
        if (head.length > 1 && head[0] == 0x1f && (head[1] & 0xff) == 0x8b) {
            return "The input is compressed with gzip. Decompress it on the way: gunzip < FILE.gz | … postgres:import " + service.name();
        }
        if (text.startsWith("toc.dat")) {
            return "The input is a dump in tar format: the custom format is needed. Make one with: pg_dump --format=custom";
        }
        if (SQL.matcher(text).find()) {
            return "The input is an SQL script: a dump in custom format is needed, which postgres:export and pg_dump --format=custom make."
                    + "\nTo run a script in the database: postgres:connect " + service.name() + " < FILE";
        }
        return "The input is no dump of PostgreSQL. Dumps in custom format come from postgres:export and pg_dump --format=custom";
    }

    /// What `pg_restore` said of a dump, with what to do about it.
    ///
    /// @param done what was to be done with it: `restored`
    static String explained(String done, String errors) {
        if (errors.contains("unsupported version")) {
            return "The dump was made by a newer version of PostgreSQL: upgrade the service, or make the dump with its version: " + errors;
        }
        if (errors.contains("end of file") || errors.contains("could not find block ID") || errors.contains("could not read")
                || errors.contains("could not uncompress")) {
            return "The dump is not whole: make it again, or copy it again. " + errors;
        }
        return "The dump could not be " + done + " to its end: " + errors;
    }
}
