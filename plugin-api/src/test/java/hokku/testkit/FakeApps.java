package hokku.testkit;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.SourceTree;
import hokku.api.UserError;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/// Apps in memory: changes are kept and recorded, nothing is rolled out.
///
/// As in the real ones, a change takes effect whole or not at all, a domain belongs to one app, and an app that comes out of a
/// change as it went in is recorded as `route`, not as a change.
public final class FakeApps implements Apps {
    private final TreeMap<AppName, App> apps = new TreeMap<>();
    private final TreeMap<AppName, List<Instance>> instances = new TreeMap<>();
    private final Map<String, SourceTree> sources = new TreeMap<>();
    private final List<String> calls = new ArrayList<>();
    private Global global = Global.EMPTY;
    private Optional<RuntimeException> failure = Optional.empty();

    /// Adds a new app with nothing set.
    public synchronized App add(String name) {
        AppName appName = AppName.of(name);
        App app = App.create(appName, AppId.random(), Instant.parse("2026-01-02T03:04:05Z"), global);
        apps.put(appName, app);
        return app;
    }

    /// Adds or replaces an app, without recording a change.
    public synchronized void put(App app) {
        apps.put(app.name(), app);
    }

    public synchronized void setGlobal(Global changed) {
        global = changed;
        apps.replaceAll((name, app) -> app.withGlobal(changed));
    }

    public synchronized void setInstances(AppName app, List<Instance> running) {
        instances.put(app, List.copyOf(running));
    }

    /// What is on a branch of an app; the one named `master` is deployed.
    public synchronized void setSource(AppName app, String branch, SourceTree tree) {
        sources.put(app + "/" + branch, tree);
    }

    /// Lets every change fail from now on, after the changed copy was made.
    public synchronized void failWith(RuntimeException thrown) {
        failure = Optional.of(thrown);
    }

    public synchronized App get(String name) {
        return get(AppName.of(name));
    }

    /// What was called: `change hello`, `change hello without restart`, `route hello`, `change global`,
    /// `restart hello` …
    public synchronized List<String> calls() {
        return List.copyOf(calls);
    }

    @Override
    public synchronized List<AppName> list() {
        return List.copyOf(apps.keySet());
    }

    @Override
    public synchronized Optional<App> find(AppName name) {
        return Optional.ofNullable(apps.get(name));
    }

    @Override
    public synchronized Global global() {
        return global;
    }

    @Override
    public synchronized App change(AppName name, UnaryOperator<App> change, Restart restart, Output out) throws InterruptedException {
        App now = get(name);
        App changed = change.apply(now);
        failIfAsked();
        if (changed.equals(now)) {
            record("route " + name, restart);
            return now;
        }
        refuseForeignDomains(changed);
        App stored = changed.withRevision(now.revision() + 1);
        apps.put(name, stored);
        record("change " + name, restart);
        return stored;
    }

    @Override
    public synchronized Global changeGlobal(UnaryOperator<Global> change, Restart restart, Output out) throws InterruptedException {
        Global changed = change.apply(global);
        failIfAsked();
        setGlobal(changed);
        record("change global", restart);
        return changed;
    }

    /// Whether the app was ever deployed makes no difference here.
    @Override
    public synchronized void restart(AppName name, Output out) throws InterruptedException {
        App now = get(name);
        failIfAsked();
        if (!now.stopped()) {
            calls.add("restart " + name);
        }
    }

    @Override
    public synchronized Optional<SourceTree> source(AppName name, Optional<String> branch) {
        get(name);
        return Optional.ofNullable(sources.get(name + "/" + branch.orElse("master")));
    }

    @Override
    public synchronized List<Instance> instances(AppName name) {
        return instances.getOrDefault(name, List.of());
    }

    @Override
    public List<String> urls(AppName name) {
        return domains(get(name)).stream().map(domain -> "http://" + domain).toList();
    }

    @Override
    public List<Domain> domains(App app) {
        if (!app.domainsEnabled()) {
            return List.of();
        }
        LinkedHashSet<Domain> names = new LinkedHashSet<>();
        if (!app.ownDomains()) {
            app.global().domains().forEach(domain -> names.add(Domain.of(app.name() + "." + domain)));
        }
        names.addAll(app.domains());
        return List.copyOf(names);
    }

    private void failIfAsked() throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException("the change was cancelled");
        }
        failure.ifPresent(thrown -> {
            throw thrown;
        });
    }

    private void refuseForeignDomains(App changed) {
        List<Domain> wanted = domains(changed);
        for (Map.Entry<AppName, App> other : apps.entrySet()) {
            for (Domain taken : domains(other.getValue())) {
                if (!other.getKey().equals(changed.name()) && wanted.contains(taken)) {
                    throw new UserError("Domain " + taken + " belongs to app " + other.getKey());
                }
            }
        }
    }

    private void record(String call, Restart restart) {
        calls.add(restart == Restart.NEVER ? call + " without restart" : call);
    }
}
