package hokku.core.ssh;

import hokku.api.spi.Terminal;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.Signal;

/// The client's terminal, as its requests describe it.
final class SshTerminal implements Terminal {
    static final int COLUMNS = 80;
    static final int ROWS = 24;

    private final Environment environment;

    SshTerminal(Environment environment) {
        this.environment = environment;
    }

    @Override
    public String type() {
        String type = environment.getEnv().getOrDefault(Environment.ENV_TERM, "");
        return type.isEmpty() ? "dumb" : type;
    }

    @Override
    public int columns() {
        return number(variable(Environment.ENV_COLUMNS), COLUMNS);
    }

    @Override
    public int rows() {
        return number(variable(Environment.ENV_LINES), ROWS);
    }

    @Override
    public void onResize(Runnable listener) {
        environment.addSignalListener((channel, signal) -> listener.run(), Signal.WINCH);
    }

    private String variable(String name) {
        return environment.getEnv().getOrDefault(name, "");
    }

    static int number(String text, int otherwise) {
        // A client without a window of its own sends 0.
        return text.matches("[1-9][0-9]{0,4}") ? Integer.parseInt(text) : otherwise;
    }
}
