package hokku.api;

import java.time.Instant;

/// What is to be built: the first of the values that a deploy passes on.
///
/// @param app the app as it was when the deploy began
/// @param number the number of the release that this will become
/// @param commit the commit's id
/// @param env what the build may see: the whole server's variables and the app's
/// @param by who pushed
/// @param at when the deploy began
public record Source(App app, int number, String commit, SourceTree tree, Env env, Identity by, Instant at) {
    public Source withTree(SourceTree changed) {
        return new Source(app, number, commit, changed, env, by, at);
    }

    public Source withEnv(Env changed) {
        return new Source(app, number, commit, tree, changed, by, at);
    }

    @Override
    public String toString() {
        return "Source[" + app.name() + " " + commit + "]";
    }
}
