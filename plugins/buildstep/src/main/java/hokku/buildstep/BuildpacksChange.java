package hokku.buildstep;

import hokku.api.Access;
import hokku.api.Apps;
import hokku.api.Apps.Restart;
import hokku.api.Output;
import hokku.api.UserError;
import java.util.List;
import java.util.function.UnaryOperator;

/// A command that changes which buildpacks are set. What runs is left alone.
abstract class BuildpacksChange extends BuildpacksCommand {
    BuildpacksChange(Apps apps) {
        super(apps);
    }

    @Override
    public final Access access() {
        return Access.DEPLOY;
    }

    /// A buildpack that can be used on this server.
    ///
    /// @throws UserError when it cannot
    final Buildpack usable(String word) {
        Buildpack buildpack = Buildpack.parse(word);
        // only to be told now what the next deploy would say
        buildpack.word(apps().global().value(BuildstepSettings.FOLDER));
        return buildpack;
    }

    /// @param change makes the list anew; called again under the app's lock
    final void change(UnaryOperator<List<String>> change, Output out) throws InterruptedException {
        List<String> before = list(apps().get(name()));
        List<String> after = change.apply(before);
        if (after.equals(before)) {
            out.detail("Nothing has changed");
            return;
        }
        apps().change(name(), now -> now.withSetting(BuildstepSettings.LIST, BuildstepSettings.LIST.print(change.apply(list(now)))),
                Restart.NEVER, out);
        out.detail(after.isEmpty() ? "None is left: the next deploy of " + name() + " detects its buildpack" : "The next deploy of " + name() + " heeds it");
        if (apps().get(name()).runtimeEnv().get(BuildstepSettings.BUILDPACK_URL).filter(value -> !value.isBlank()).isPresent()) {
            out.warn("The variable BUILDPACK_URL is set, and stronger. It goes with config:unset " + name() + " BUILDPACK_URL");
        }
    }

    /// The one word of a command that takes one.
    static String one(List<String> words, String manyMessage) {
        if (words.isEmpty() || words.stream().anyMatch(String::isBlank)) {
            throw UserError.usage("Must specify a buildpack");
        }
        if (words.size() > 1) {
            throw UserError.usage(manyMessage);
        }
        return words.getFirst();
    }
}
