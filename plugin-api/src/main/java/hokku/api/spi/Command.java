package hokku.api.spi;

import hokku.api.Access;
import hokku.api.AppName;
import java.util.List;
import java.util.Optional;

/// A command: a class annotated with picocli's `@Command(name = "noun:verb", description = …)`, its parameters in fields.
///
/// A new object serves each call; [#run] comes after the fields were filled. `--help` comes for free.
public interface Command {
    /// What a key must be allowed to do.
    Access access();

    /// The app that the command is about, once the fields are filled. It must exist, unless [#appMustExist] says otherwise.
    default Optional<AppName> app() {
        return Optional.empty();
    }

    /// Whether the command fails with exit code 20 when [#app] does not exist.
    default boolean appMustExist() {
        return true;
    }

    /// Whether options end at the first parameter, so that the words after it are taken as they are: for `run hello ls -la`.
    default boolean optionsEndAtFirstParameter() {
        return false;
    }

    /// Names for the audit log besides the app's, such as the names of variables; never values.
    default List<String> audited() {
        return List.of();
    }

    /// Does it. Interrupted when the client is gone.
    ///
    /// @throws hokku.api.UserError for what the user can mend
    void run(Session session) throws Exception;
}
