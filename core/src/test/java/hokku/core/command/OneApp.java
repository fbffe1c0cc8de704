package hokku.core.command;

import hokku.api.App;
import hokku.api.AppId;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.Domain;
import hokku.api.Global;
import hokku.api.Instance;
import hokku.api.Output;
import hokku.api.SourceTree;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/// A server with one app, `hello`.
final class OneApp implements Apps {
    static final AppName HELLO = AppName.of("hello");

    @Override
    public List<AppName> list() {
        return List.of(HELLO);
    }

    @Override
    public Optional<App> find(AppName name) {
        return name.equals(HELLO) ? Optional.of(App.create(name, AppId.random(), Instant.EPOCH, global())) : Optional.empty();
    }

    @Override
    public Global global() {
        return Global.EMPTY;
    }

    @Override
    public App change(AppName name, UnaryOperator<App> change, Restart restart, Output out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Global changeGlobal(UnaryOperator<Global> change, Restart restart, Output out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void restart(AppName name, Output out) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Optional<SourceTree> source(AppName name, Optional<String> branch) {
        return Optional.empty();
    }

    @Override
    public List<Instance> instances(AppName name) {
        return List.of();
    }

    @Override
    public List<String> urls(AppName name) {
        return List.of();
    }

    @Override
    public List<Domain> domains(App app) {
        return List.of();
    }
}
