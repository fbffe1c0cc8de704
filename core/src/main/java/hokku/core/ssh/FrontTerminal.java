package hokku.core.ssh;

import hokku.api.spi.Terminal;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/// The terminal of a session that came through [FrontDoor].
final class FrontTerminal implements Terminal {
    private final String type;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private volatile Size size;

    FrontTerminal(String type, String columns, String rows) {
        this.type = type.isEmpty() ? "dumb" : type;
        this.size = Size.of(columns, rows);
    }

    private record Size(int columns, int rows) {
        static Size of(String columns, String rows) {
            return new Size(SshTerminal.number(columns, SshTerminal.COLUMNS), SshTerminal.number(rows, SshTerminal.ROWS));
        }
    }

    void resize(String... columnsAndRows) {
        if (columnsAndRows.length == 2) {
            size = Size.of(columnsAndRows[0], columnsAndRows[1]);
            listeners.forEach(Runnable::run);
        }
    }

    @Override
    public String type() {
        return type;
    }

    @Override
    public int columns() {
        return size.columns();
    }

    @Override
    public int rows() {
        return size.rows();
    }

    @Override
    public void onResize(Runnable listener) {
        listeners.add(listener);
    }
}
