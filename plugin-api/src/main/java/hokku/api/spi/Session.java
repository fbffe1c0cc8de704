package hokku.api.spi;

import hokku.api.AppName;
import hokku.api.Attachment;
import hokku.api.Identity;
import hokku.api.Output;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// One call of a command: who calls, and its streams.
public interface Session {
    Identity identity();

    /// Marked lines: steps, details, warnings. With `--quiet` steps, milestones and details are left out.
    Output out();

    /// A line on the standard output, without any mark.
    void print(String line);

    /// A value as a JSON document on the standard output.
    void json(Object value);

    /// What the client sends.
    InputStream in();

    OutputStream stdout();

    OutputStream stderr();

    Optional<Terminal> terminal();

    /// Whether the global flag `--quiet` was given.
    boolean quiet();

    /// Whether the global flag `--force` was given.
    boolean force();

    /// The exit code, where the command succeeds with another one than 0.
    void exit(int code);

    /// Asks the user to type a name before something that cannot be undone; passes at once with `--force`.
    ///
    /// @param consequence what is about to happen: `This command will destroy hello.`
    /// @throws hokku.api.UserError when it was not confirmed
    void confirm(String name, String consequence);

    default void confirm(AppName name, String consequence) {
        confirm(name.value(), consequence);
    }

    /// This session's streams, for a container.
    default Attachment attachment() {
        return Attachment.of(in(), stdout(), stderr(), terminal());
    }
}
