package hokku.testkit;

import hokku.api.Contributions;
import hokku.api.Setting;
import hokku.api.UserError;
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
import hokku.api.spi.Session;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;
import picocli.CommandLine;

/// Keeps what a plugin contributes, and calls its commands as the server would.
public final class RecordingContributions implements Contributions {
    /// A handler of a hook point.
    public record Handler(Class<? extends Hook> point, Order order, Hook hook) {}

    private final List<Handler> hooks = new ArrayList<>();
    private final List<Consumer<AppEvent>> listeners = new ArrayList<>();
    private final List<Builder> builders = new ArrayList<>();
    private final List<Scheduler> schedulers = new ArrayList<>();
    private final List<Proxy> proxies = new ArrayList<>();
    private final TreeMap<String, Supplier<? extends Command>> commands = new TreeMap<>();
    private final List<Setting<?>> settings = new ArrayList<>();
    private final List<Report> reports = new ArrayList<>();
    private final List<Datastore> datastores = new ArrayList<>();
    private final List<Job> jobs = new ArrayList<>();
    private final List<Authorizer> authorizers = new ArrayList<>();
    private final List<Examination> examinations = new ArrayList<>();

    /// Parses the words and runs the command, as the server does, but without asking who may do it.
    ///
    /// @throws UserError also for words that the command does not understand, with exit code 2
    public void run(Session session, String name, String... words) throws Exception {
        Command command = parsed(name, words);
        // The server asks this first, and a command may refuse its words here.
        command.app();
        command.run(session);
    }

    /// The command with its fields filled.
    public Command parsed(String name, String... words) {
        Supplier<? extends Command> supplier = Optional.<Supplier<? extends Command>>ofNullable(commands.get(name))
                .orElseThrow(() -> new UserError("`" + name + "` is not a dokku command."));
        Command command = supplier.get();
        try {
            new CommandLine(command).setExpandAtFiles(false).parseArgs(words);
        } catch (CommandLine.ParameterException e) {
            throw e.getCause() instanceof UserError error ? error : UserError.usage(e.getMessage());
        }
        return command;
    }

    public List<Handler> hooks() {
        return List.copyOf(hooks);
    }

    public List<Consumer<AppEvent>> listeners() {
        return List.copyOf(listeners);
    }

    public List<Builder> builders() {
        return List.copyOf(builders);
    }

    public List<Scheduler> schedulers() {
        return List.copyOf(schedulers);
    }

    public List<Proxy> proxies() {
        return List.copyOf(proxies);
    }

    public List<Datastore> datastores() {
        return datastores;
    }

    public Map<String, Supplier<? extends Command>> commands() {
        return Map.copyOf(commands);
    }

    public List<Setting<?>> settings() {
        return List.copyOf(settings);
    }

    public List<Report> reports() {
        return List.copyOf(reports);
    }

    public List<Job> jobs() {
        return List.copyOf(jobs);
    }

    public List<Authorizer> authorizers() {
        return List.copyOf(authorizers);
    }

    public List<Examination> examinations() {
        return List.copyOf(examinations);
    }

    @Override
    public <H extends Hook> void hook(Class<H> point, Order order, H handler) {
        hooks.add(new Handler(point, order, handler));
    }

    @Override
    public void listener(Consumer<AppEvent> listener) {
        listeners.add(listener);
    }

    @Override
    public void builder(Builder builder) {
        builders.add(builder);
    }

    @Override
    public void scheduler(Scheduler scheduler) {
        schedulers.add(scheduler);
    }

    @Override
    public void proxy(Proxy proxy) {
        proxies.add(proxy);
    }

    @Override
    public void datastore(Datastore datastore) {
        datastores.add(datastore);
    }

    @Override
    public void command(Supplier<? extends Command> command) {
        String name = new CommandLine(command.get()).getCommandName();
        if (commands.put(name, command) != null) {
            throw new IllegalStateException("two commands are named " + name);
        }
    }

    @Override
    public void setting(Setting<?> setting) {
        settings.add(setting);
    }

    @Override
    public void report(Report report) {
        reports.add(report);
    }

    @Override
    public void job(Job job) {
        jobs.add(job);
    }

    @Override
    public void authorizer(Authorizer authorizer) {
        authorizers.add(authorizer);
    }

    @Override
    public void examination(Examination examination) {
        examinations.add(examination);
    }
}
