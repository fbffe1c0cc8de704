package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Apps;
import hokku.api.UserError;
import hokku.api.spi.Command;
import hokku.core.plugin.Registry.Contribution;
import hokku.core.plugin.Snapshots;
import hokku.core.ssh.SessionHandler;
import hokku.core.ssh.SshSession;
import hokku.core.state.FullDisk;
import hokku.core.state.JsonText;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes the line that a client sent to git, or to a command; and whatever comes of it back to the client as text and exit code.
public final class Dispatcher implements SessionHandler {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int CANCELLED = 130;
    private static final int DEFECT = 70;
    private static final String CORE = "core";
    private static final SecureRandom RANDOM = new SecureRandom();

    private final Snapshots snapshots;
    private final Apps apps;
    private final GitService git;
    private final Audit audit;
    private final JsonText json;
    private final String version;

    public Dispatcher(Snapshots snapshots, Apps apps, GitService git, Audit audit, JsonText json, String version) {
        this.snapshots = snapshots;
        this.apps = apps;
        this.git = git;
        this.audit = audit;
        this.json = json;
        this.version = version;
    }

    @Override
    public int handle(SshSession ssh) {
        long begun = System.nanoTime();
        Done done = new Done();
        int exit = attempt(ssh, done);
        audit.add(ssh.identity(), done.command, done.app, done.names, exit, Duration.ofNanos(System.nanoTime() - begun));
        return exit;
    }

    private int attempt(SshSession ssh, Done done) {
        try {
            List<String> words = Words.split(ssh.line());
            Optional<GitCall> call = GitCall.of(words);
            return call.isPresent() ? serve(call.get(), ssh, done) : command(GlobalFlags.leading(words), ssh, done);
        } catch (Throwable thrown) {
            return failed(thrown, ssh, done);
        }
    }

    private int serve(GitCall call, SshSession ssh, Done done) throws Exception {
        done.command = call.command();
        AppName app = call.app();
        done.app = Optional.of(app);
        try (Snapshots.Lease lease = snapshots.lease()) {
            Authorization.check(lease.registry(), ssh.identity(), call.command(), call.access(), done.app);
        }
        return call.access() == Access.DEPLOY
                ? git.receive(app, ssh.identity(), ssh.in(), ssh.out(), ssh.err())
                : git.upload(app, ssh.identity(), ssh.in(), ssh.out(), ssh.err());
    }

    private int command(GlobalFlags flags, SshSession ssh, Done done) throws Exception {
        String name = flags.rest().isEmpty() ? "help" : joined(flags.rest().getFirst());
        List<String> words = flags.rest().isEmpty() ? List.of() : flags.rest().subList(1, flags.rest().size());
        try (Snapshots.Lease lease = snapshots.lease()) {
            CommandTree tree = new CommandTree(lease.registry(), apps);
            Optional<Contribution<Supplier<? extends Command>>> found = tree.find(name);
            if (found.isPresent()) {
                done.command = name;
                done.plugin = found.get().plugin();
                return run(name, found.get(), flags.withRest(words), lease, ssh, done);
            }
            CommandSession.output(ssh, false).line(answer(name, words, tree, done));
            return 0;
        }
    }

    /// Some write `postgres:backup:list` for `postgres:backup-list`. From here on it goes by the one name.
    private static String joined(String name) {
        return name.endsWith(":help") ? name : name.replaceFirst("^([a-z0-9-]+:[a-z0-9-]+):([a-z0-9-]+)$", "$1-$2");
    }

    /// What is answered without a command: help and the version.
    private String answer(String name, List<String> words, CommandTree tree, Done done) {
        if (List.of("version", "--version", "-v").contains(name)) {
            done.command = "version";
            return "hokku " + version;
        }
        String help;
        if (!List.of("help", "--help", "-h").contains(name)) {
            help = help(name.replaceFirst(":help$", ""), tree);
        } else {
            help = words.isEmpty() || words.getFirst().startsWith("-") ? tree.help() : help(words.getFirst(), tree);
        }
        done.command = "help";
        return help;
    }

    private String help(String about, CommandTree tree) {
        if (tree.isNoun(about)) {
            return tree.help(about);
        }
        return tree.find(about).map(command -> Invocation.of(about, command.value().get()).help()).orElseThrow(() -> tree.unknown(about));
    }

    private int run(String name, Contribution<Supplier<? extends Command>> contribution, GlobalFlags before, Snapshots.Lease lease,
            SshSession ssh, Done done) throws Exception {
        Invocation invocation = Invocation.of(name, contribution.value().get());
        Optional<GlobalFlags> flags = invocation.fill(before);
        if (flags.isEmpty()) {
            CommandSession.output(ssh, false).line(invocation.help());
            return 0;
        }
        Command command = invocation.command();
        done.app = command.app();
        done.names = List.copyOf(command.audited());
        Authorization.check(lease.registry(), ssh.identity(), name, command.access(), done.app);
        if (command.appMustExist()) {
            done.app.ifPresent(apps::get);
        }
        CommandSession session = CommandSession.of(ssh, flags.get(), json);
        command.run(session);
        return session.exitCode();
    }

    /// Tells what went wrong.
    private static int failed(Throwable thrown, SshSession ssh, Done done) {
        if (thrown instanceof UserError told) {
            CommandSession.output(ssh, false).warn(told.getMessage());
            return told.exitCode();
        }
        if (isInterruption(thrown)) {
            LOG.debug("{} was cancelled", done.command, thrown);
            return CANCELLED;
        }
        String plugin = thrown instanceof PluginFailure failure ? failure.plugin() : done.plugin;
        Throwable cause = thrown instanceof PluginFailure ? thrown.getCause() : thrown;
        String id = logId();
        LOG.error("[{}] plugin {} failed in {}", id, plugin, done.command, cause);
        if (FullDisk.isReasonOf(thrown)) {
            CommandSession.output(ssh, false).warn(FullDisk.WORDS);
            return UserError.FAILED;
        }
        String message = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        CommandSession.output(ssh, false).warn("plugin %s failed in %s: %s (log id %s)".formatted(plugin, done.command, message, id));
        return DEFECT;
    }

    private static boolean isInterruption(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof InterruptedException || cause instanceof InterruptedIOException || cause instanceof ClosedByInterruptException) {
                return true;
            }
        }
        return Thread.currentThread().isInterrupted();
    }

    private static String logId() {
        byte[] bytes = new byte[2];
        RANDOM.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    /// What is known of a call so far, for the audit log and for messages. Used by one thread.
    private static final class Done {
        /// What a client sends that is no command may hold anything, and is not written down.
        private String command = "(unknown)";
        private String plugin = CORE;
        private Optional<AppName> app = Optional.empty();
        private List<String> names = List.of();
    }
}
