package hokku.api.spi;

import hokku.api.Env;
import hokku.api.Service;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A kind of service with data that users create by a command and link to apps: PostgreSQL, Redis.
///
/// It says what its containers are like and what is run in them; the core does the rest, and derives the commands `<name>:create`,
/// `<name>:link` and so on from it. Safe for use by several threads; calls about one service do not overlap, except those of
/// [#ready], [#size] and [#connect].
public interface Datastore {
    /// What its commands begin with, `postgres`; also the first word of its variables' names.
    String name();

    /// What people call it: `PostgreSQL`.
    String title();

    /// The image where a user names none, without a version.
    String image();

    /// The version of the image where a user names none, and nobody has set another one by `<name>:set-property --global version`.
    String version();

    /// The ports that it listens on, the one of its address first.
    List<Integer> ports();

    /// The folder of the container where its data is.
    String folder(Service service);

    /// How its container is started.
    Startup startup(Service service);

    /// How a container is started.
    ///
    /// @param command its words; empty for the image's own
    /// @param env its variables: nothing secret, since whoever may look at the engine's containers sees them
    /// @param files the content of files that only the container's root reads, by their absolute path: here belong passwords
    record Startup(List<String> command, Env env, Map<String, byte[]> files) {}

    /// What ends with 0 in the container once the service accepts connections, within a second or so.
    Call ready(Service service);

    /// Something to run in the container.
    ///
    /// @param words never secret
    /// @param env variables of its own, where passwords may be
    record Call(List<String> words, Env env) {
        public static Call of(String... words) {
            return new Call(List.of(words), Env.EMPTY);
        }

        public Call with(String variable, String value) {
            return new Call(words, env.with(variable, value));
        }
    }

    /// The address that apps get, with the password, properly quoted, without a query: `postgres://postgres:secret@host:5432/name`.
    String address(Service service, String host, int port);

    /// The variable that apps find it by, unless that is taken: `DATABASE_URL`.
    String variable();

    /// The client that a user gets with `<name>:connect`.
    Call connect(Service service);

    /// How many bytes its data has. Fails when the service does not answer.
    long size(Service service, Inside inside) throws InterruptedException;

    /// Writes all of its data, in a form that [#restore] reads back, consistent as of one moment, while the service goes on.
    ///
    /// @throws hokku.api.UserError when that fails; what was written counts for nothing then
    void dump(Service service, Inside inside, OutputStream to) throws Exception;

    /// Replaces all of its data by what a dump holds. When it throws, the data is what it was before.
    ///
    /// @throws hokku.api.UserError when the input is no dump of this datastore, or is not whole
    void restore(Service service, Inside inside, InputStream from) throws Exception;

    /// Looks through a dump without restoring it, in the container of any service of the datastore; also of the one that writes the dump at
    /// the same moment, as for a backup. It may stop reading once it has seen enough.
    ///
    /// @return what it holds, in words: `12 tables`
    /// @throws hokku.api.UserError when it is none, or is not whole
    String verify(Service service, Inside inside, InputStream dump) throws Exception;

    /// Counts what is in the service, for a comparison with another one: `public.users` → `12`.
    Map<String, Long> contents(Service service, Inside inside) throws Exception;

    /// Lets nobody change the data until [#thaw], while reading goes on as far as it can.
    default void freeze(Service service, Inside inside) throws Exception {}

    default void thaw(Service service, Inside inside) throws Exception {}

    /// Whether the data of one version can be used by the other as it is; where it cannot, an upgrade dumps and restores.
    default boolean sameForm(String version, String other) {
        return version.equals(other);
    }

    /// What runs commands in the container of a service.
    interface Inside {
        /// @param in what the command reads, to its end
        /// @return the exit code, and what it wrote to the error stream, shortened
        Result run(Call call, InputStream in, OutputStream out) throws InterruptedException;

        /// What a command prints.
        ///
        /// @throws hokku.api.UserError with what it wrote to the error stream when it fails
        String text(Call call) throws InterruptedException;

        /// How a command ended.
        record Result(int exit, String errors) {}
    }

    /// What else `info` says of it, such as the number of connections.
    default Optional<String> note(Service service, Inside inside) throws InterruptedException {
        return Optional.empty();
    }
}
