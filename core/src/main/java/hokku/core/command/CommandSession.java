package hokku.core.command;

import hokku.api.Identity;
import hokku.api.Json;
import hokku.api.Output;
import hokku.api.UserError;
import hokku.api.spi.Session;
import hokku.api.spi.Terminal;
import hokku.core.ssh.SshSession;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;

/// A command's view of the session that called it.
final class CommandSession implements Session {
    private final SshSession ssh;
    private final GlobalFlags flags;
    private final Json json;
    private final MarkedOutput output;
    private final Optional<Keyboard> keyboard;
    private volatile int exitCode;

    private CommandSession(SshSession ssh, GlobalFlags flags, Json json, MarkedOutput output, Optional<Keyboard> keyboard) {
        this.ssh = ssh;
        this.flags = flags;
        this.json = json;
        this.output = output;
        this.keyboard = keyboard;
    }

    /// Made on the thread that runs the command.
    static CommandSession of(SshSession ssh, GlobalFlags flags, Json json) {
        Optional<Keyboard> keyboard = ssh.terminal().map(terminal -> new Keyboard(ssh.in(), Thread.currentThread()).listen());
        return new CommandSession(ssh, flags, json, output(ssh, flags.quiet()), keyboard);
    }

    /// Marked lines to the client, with the ends of line that it needs.
    static MarkedOutput output(SshSession ssh, boolean quiet) {
        return ssh.terminal().isPresent()
                ? new MarkedOutput(new TerminalText(ssh.out()), new TerminalText(ssh.err()), quiet)
                : new MarkedOutput(ssh.out(), ssh.err(), quiet);
    }

    int exitCode() {
        return exitCode;
    }

    @Override
    public Identity identity() {
        return ssh.identity();
    }

    @Override
    public Output out() {
        return output;
    }

    @Override
    public void print(String line) {
        output.line(line);
    }

    @Override
    public void json(Object value) {
        output.line(json.write(value));
    }

    /// With a terminal, Ctrl-C ends to interrupt the command as soon as somebody reads.
    @Override
    public InputStream in() {
        return keyboard.<InputStream>map(typed -> typed).orElse(ssh.in());
    }

    @Override
    public OutputStream stdout() {
        return ssh.out();
    }

    @Override
    public OutputStream stderr() {
        return ssh.err();
    }

    @Override
    public Optional<Terminal> terminal() {
        return ssh.terminal();
    }

    @Override
    public boolean quiet() {
        return flags.quiet();
    }

    @Override
    public boolean force() {
        return flags.force();
    }

    @Override
    public void exit(int code) {
        exitCode = code;
    }

    @Override
    public void confirm(String name, String consequence) {
        if (flags.force()) {
            return;
        }
        output.warn("WARNING: Potentially Destructive Action");
        output.warn(consequence);
        output.warn("To proceed, type \"" + name + "\"");
        String answer = new Question(in(), output, terminal().isPresent()).ask("> ")
                .orElseThrow(() -> new UserError("No confirmation came. Type the name, or use --force"));
        keyboard.ifPresent(typed -> typed.own(false));
        if (!answer.equals(name)) {
            throw new UserError("Confirmation did not match " + name + ". Aborted.");
        }
    }
}
