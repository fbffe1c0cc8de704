package hokku.swarm;

import hokku.api.App;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.SourceTree;
import hokku.testkit.FakeApps;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// Apps in memory whose restarts are real.
final class DelegatingApps implements Apps {
    private final FakeApps apps;
    private final Restarting restarting;

    /// Rolls an app out anew.
    @FunctionalInterface
    interface Restarting {
        void restart(App app, Output out) throws Exception;
    }

    DelegatingApps(FakeApps apps, Restarting restarting) {
        this.apps = apps;
        this.restarting = restarting;
    }

    @Override
    public void restart(AppName name, Output out) throws InterruptedException {
        try {
            restarting.restart(get(name), out);
        } catch (RuntimeException | InterruptedException failed) {
            throw failed;
        } catch (Exception defect) {
            throw new IllegalStateException(defect);
        }
    }

    @Override
    public List<AppName> list() {
        return apps.list();
    }

    @Override
    public Optional<App> find(AppName name) {
        return apps.find(name);
    }

    @Override
    public Global global() {
        return apps.global();
    }

    @Override
    public App change(AppName name, UnaryOperator<App> change, Restart restart, Output out) throws InterruptedException {
        return apps.change(name, change, restart, out);
    }

    @Override
    public Global changeGlobal(UnaryOperator<Global> change, Restart restart, Output out) throws InterruptedException {
        return apps.changeGlobal(change, restart, out);
    }

    @Override
    public Optional<SourceTree> source(AppName name, Optional<String> branch) {
        return apps.source(name, branch);
    }

    @Override
    public List<Instance> instances(AppName name) {
        return apps.instances(name);
    }

    @Override
    public List<String> urls(AppName name) {
        return apps.urls(name);
    }

    @Override
    public List<Domain> domains(App app) {
        return apps.domains(app);
    }
}
