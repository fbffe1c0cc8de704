package hokku.core.plugin;

import hokku.api.Contributions;
import hokku.api.Setting;
import hokku.api.hook.AppEvent;
import hokku.api.hook.Hook;
import hokku.api.hook.Order;
import hokku.api.spi.Authorizer;
import hokku.api.spi.Builder;
import hokku.api.spi.Command;
import hokku.api.spi.Datastore;
import hokku.api.spi.Examination;
import hokku.api.spi.Job;
import hokku.api.spi.Proxy;
import hokku.api.spi.Report;
import hokku.api.spi.Scheduler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import picocli.CommandLine;

/// What one plugin contributes, taken down while it declares it. Valid for that long only.
final class Draft implements Contributions {
    private static final Pattern COMMAND = Pattern.compile("[a-z0-9][a-z0-9-]*(:[a-z0-9][a-z0-9-]*)?");
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9.-]*");
    private static final Pattern KEY = Pattern.compile("[a-z0-9][a-z0-9-]*");

    /// A handler with its point, before it is put in order.
    record Hooked(Class<? extends Hook> point, Order order, Hook hook) {}

    /// Something that is found by its name.
    record Named<T>(String name, T value) {}

    final String plugin;
    final List<Hooked> hooks = new ArrayList<>();
    final List<Consumer<AppEvent>> listeners = new ArrayList<>();
    final List<Named<Builder>> builders = new ArrayList<>();
    final List<Named<Scheduler>> schedulers = new ArrayList<>();
    final List<Named<Proxy>> proxies = new ArrayList<>();
    final List<Named<Datastore>> datastores = new ArrayList<>();
    final List<Named<Supplier<? extends Command>>> commands = new ArrayList<>();
    final List<Named<Setting<?>>> settings = new ArrayList<>();
    final List<Report> reports = new ArrayList<>();
    final List<Named<Job>> jobs = new ArrayList<>();
    final List<Authorizer> authorizers = new ArrayList<>();
    final List<Named<Examination>> examinations = new ArrayList<>();
    private final Map<String, String> taken;
    private final Function<Datastore, Derivation> derived;
    private Optional<RuntimeException> refused = Optional.empty();
    private boolean open = true;

    /// @param taken the plugin by each name that is given away already; names of this plugin are added to it
    /// @param derived what follows from a datastore
    Draft(String plugin, Map<String, String> taken, Function<Datastore, Derivation> derived) {
        this.plugin = plugin;
        this.derived = derived;
        this.taken = taken;
    }

    /// Ends it. A refusal that the plugin caught counts all the same: what it asked for is not there.
    void end() {
        open = false;
        refused.ifPresent(refusal -> {
            throw refusal;
        });
    }

    @Override
    public <H extends Hook> void hook(Class<H> point, Order order, H handler) {
        check(HookPoints.ALL.contains(point), () -> point + " is no hook point: use one of hokku.api.hook, such as PreDeploy.class");
        check(point.isInstance(handler), () -> "the handler given for " + point.getSimpleName() + " does not implement it");
        hooks.add(new Hooked(point, Objects.requireNonNull(order), handler));
    }

    @Override
    public void listener(Consumer<AppEvent> listener) {
        check(listener != null, () -> "the listener is null");
        listeners.add(listener);
    }

    @Override
    public void builder(Builder builder) {
        builders.add(named("builder", NAME, builder.name(), builder));
    }

    @Override
    public void scheduler(Scheduler scheduler) {
        schedulers.add(named("scheduler", NAME, scheduler.name(), scheduler));
    }

    @Override
    public void proxy(Proxy proxy) {
        proxies.add(named("proxy", NAME, proxy.name(), proxy));
    }

    @Override
    public void datastore(Datastore datastore) {
        datastores.add(named("datastore", KEY, datastore.name(), datastore));
        Derivation following = derived.apply(datastore);
        following.commands().forEach((name, command) -> commands.add(named("command", COMMAND, name, command)));
        following.settings().forEach(this::setting);
    }

    @Override
    public void command(Supplier<? extends Command> command) {
        Command first = command.get();
        CommandLine.Command annotation = first.getClass().getAnnotation(CommandLine.Command.class);
        check(annotation != null, () -> first.getClass().getName() + " is not annotated with picocli's @Command");
        Named<Supplier<? extends Command>> named = named("command", COMMAND, annotation.name(), command);
        check(first != command.get(), () -> "the command " + annotation.name() + " is the same object for each call: give a new one");
        try {
            CommandLine.Model.CommandSpec.forAnnotatedObject(first);
        } catch (CommandLine.PicocliException e) {
            check(false, () -> "picocli refuses the command " + annotation.name() + ": " + e.getMessage());
        }
        commands.add(named);
    }

    @Override
    public void setting(Setting<?> setting) {
        check(KEY.matcher(setting.group()).matches() && KEY.matcher(setting.key()).matches(),
                () -> "the setting " + setting.name() + " needs a group and a key of lowercase letters, digits and hyphens");
        settings.add(named("setting", NAME, setting.name(), setting));
    }

    @Override
    public void report(Report report) {
        check(KEY.matcher(report.group()).matches(),
                () -> "the report's group " + report.group() + " must be of lowercase letters, digits and hyphens");
        reports.add(report);
    }

    @Override
    public void job(Job job) {
        try {
            JobTimes.of(job.when());
        } catch (IllegalArgumentException e) {
            check(false, () -> "the job " + job.name() + " runs at no time: " + e.getMessage());
        }
        // Jobs are told apart by plugin and name, so only those of one plugin can clash.
        jobs.add(named("job " + plugin, NAME, job.name(), job));
    }

    @Override
    public void authorizer(Authorizer authorizer) {
        check(authorizer != null, () -> "the authorizer is null");
        authorizers.add(authorizer);
    }

    @Override
    public void examination(Examination examination) {
        examinations.add(named("examination " + plugin, KEY, examination.name(), examination));
    }

    private <T> Named<T> named(String kind, Pattern form, String name, T value) {
        check(name != null && form.matcher(name).matches(), () -> "the " + kind + " is called \"" + name
                + "\": use lowercase letters, digits and hyphens" + (form == COMMAND ? ", as in noun:verb" : ""));
        String other = taken.putIfAbsent(kind + " " + name, plugin);
        check(other == null, () -> plugin.equals(other) ? "plugin " + plugin + " adds the " + kind + " " + name + " twice"
                : "the " + kind + " " + name + " of plugin " + plugin + " is there already, from plugin " + other);
        return new Named<>(name, value);
    }

    private void check(boolean sound, Supplier<String> otherwise) {
        if (!open) {
            throw new IllegalStateException("Plugin " + plugin + " contributes too late: that is possible in contribute() only");
        }
        if (!sound) {
            IllegalArgumentException refusal = new IllegalArgumentException(otherwise.get());
            refused = refused.or(() -> Optional.of(refusal));
            throw refusal;
        }
    }
}
