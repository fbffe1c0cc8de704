package hokku.env;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Env;
import hokku.api.EnvKey;
import hokku.api.Output;
import hokku.api.UserError;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.UnaryOperator;
import picocli.CommandLine.Option;

/// A command that changes variables.
abstract class ConfigChange extends ConfigCommand {
    /// What Linux lets a process have as one variable: name, `=`, value and a final NUL.
    private static final int LONGEST = 128 * 1024;

    @Option(names = "--no-restart", description = "Leave what runs alone; the next deploy heeds the change")
    private boolean noRestart;

    ConfigChange(Apps apps) {
        super(apps);
    }

    @Override
    public final Access access() {
        return isGlobal() ? Access.ADMIN : Access.DEPLOY;
    }

    /// Applies the change, and rolls whatever runs with other variables than before.
    ///
    /// A change that changes nothing is left out: nothing is to be replaced for it.
    final void change(UnaryOperator<Env> change, Output out) throws InterruptedException {
        Env before = own();
        Env after = change.apply(before);
        if (after.equals(before)) {
            out.detail("Nothing has changed");
            return;
        }
        refuseTooLong(after);
        Restart restart = noRestart ? Restart.NEVER : Restart.IF_NEEDED;
        Optional<AppName> app = app();
        if (app.isPresent()) {
            apps().change(app.get(), now -> now.withEnv(change.apply(now.env())), restart, out);
        } else {
            apps().changeGlobal(now -> now.withEnv(change.apply(now.env())), restart, out);
        }
    }

    private static void refuseTooLong(Env env) {
        for (EnvKey key : env.keys()) {
            int bytes = env.get(key).orElse("").getBytes(StandardCharsets.UTF_8).length;
            if (key.value().length() + 1 + bytes + 1 > LONGEST) {
                throw new UserError("The value of %s has %d bytes: no process can be started with a variable of more than 128 KiB."
                        .formatted(key, bytes) + " Put it into a file");
            }
        }
    }
}
