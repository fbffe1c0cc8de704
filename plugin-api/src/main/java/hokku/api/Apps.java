package hokku.api;

import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// The apps of this server. Safe for use by several threads.
public interface Apps {
    /// Whether a change that needs new containers gets them.
    enum Restart {
        /// The app is rolled out anew, without downtime, when the change needs it.
        IF_NEEDED,
        /// The change is stored, and the next deploy heeds it.
        NEVER
    }

    /// All names, sorted.
    List<AppName> list();

    Optional<App> find(AppName name);

    /// @throws UserError with exit code 20 when there is none
    default App get(AppName name) {
        return find(name).orElseThrow(() -> UserError.noSuchApp(name));
    }

    Global global();

    /// Changes an app: the one road for every change. Under the app's lock the new state is made, rolled out or routed where it
    /// needs that, and stored; when any of it fails the app is left as it was, and keeps serving.
    ///
    /// @param change makes the changed copy; called under the lock, possibly after a wait
    /// @return the app as it is now
    /// @throws UserError when the change is refused or its rollout fails
    /// @throws InterruptedException when it was cancelled; nothing has changed then
    App change(AppName name, UnaryOperator<App> change, Restart restart, Output out) throws InterruptedException;

    /// Changes what holds for the whole server, then rolls or routes each app that is affected, one after the other.
    ///
    /// @throws UserError that names the apps which could not follow; they keep serving as before
    Global changeGlobal(UnaryOperator<Global> change, Restart restart, Output out) throws InterruptedException;

    /// Replaces the containers of an app's live release by new ones, without downtime, as `ps:restart` does: for whoever wants them
    /// to be elsewhere. Nothing happens to an app that is stopped.
    ///
    /// @throws UserError with exit code 20 when there is no such app; when it was never deployed; when the new containers do not
    /// start: the former ones keep serving then
    /// @throws InterruptedException when it was cancelled; the former containers keep serving then
    void restart(AppName name, Output out) throws InterruptedException;

    /// What a builder would get of the files that are in an app's repository now, but for what hooks before the build change.
    /// They can be read for as long as the app is there; nothing has to be closed.
    ///
    /// @param branch the name of a branch, also of one that is stored only; without it the branch that is deployed
    /// @return empty when there is no such branch, as before the first deploy
    /// @throws UserError with exit code 20 when there is no such app; when the branch lacks the folder that is to be built
    Optional<SourceTree> source(AppName name, Optional<String> branch);

    /// What can be read of the state of an app's containers, from its scheduler.
    ///
    /// @throws UserError with exit code 69 when the scheduler's engine does not answer
    List<Instance> instances(AppName name);

    /// Where the app is reached, the first one the one to show.
    List<String> urls(AppName name);

    /// The domains that the app answers to: its own, and those that follow from the whole server's.
    List<Domain> domains(App app);
}
