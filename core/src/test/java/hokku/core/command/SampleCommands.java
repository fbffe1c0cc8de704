package hokku.core.command;

import hokku.api.Access;
import hokku.api.AppName;
import hokku.api.Contributions;
import hokku.api.spi.Command;
import hokku.api.spi.Session;
import hokku.api.spi.Terminal;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Commands that show what happens at the other end.
final class SampleCommands {
    /// Opened when `sample:wait` has begun, and when it was interrupted.
    final CountDownLatch waiting = new CountDownLatch(1);
    final CountDownLatch interrupted = new CountDownLatch(1);

    void contribute(Contributions to) {
        to.command(Echo::new);
        to.command(Exit::new);
        to.command(Count::new);
        to.command(Break::new);
        to.command(Destroy::new);
        to.command(Run::new);
        to.command(Size::new);
        to.command(Wait::new);
        to.command(Admin::new);
    }

    private abstract static class Sample implements Command {
        @Override
        public Access access() {
            return Access.READ;
        }
    }

    @picocli.CommandLine.Command(name = "sample:echo", description = "Print the parameters")
    static final class Echo extends Sample {
        @Option(names = {"-n", "--number"}, description = "A number")
        private int number;
        @Parameters(arity = "0..*")
        private List<String> words = List.of();

        @Override
        public List<String> audited() {
            return words.stream().map(word -> word.split("=")[0]).toList();
        }

        @Override
        public void run(Session session) {
            session.out().step("a step");
            session.out().warn("a warning");
            words.forEach(word -> session.print("[" + word + "]"));
            session.print("number " + number + (session.force() ? " forced" : ""));
        }
    }

    @picocli.CommandLine.Command(name = "sample:exit", description = "End with a code")
    static final class Exit extends Sample {
        @Parameters
        private int code;

        @Override
        public void run(Session session) {
            session.exit(code);
        }
    }

    @picocli.CommandLine.Command(name = "sample:count", description = "Count the bytes of the input")
    static final class Count extends Sample {
        @Override
        public void run(Session session) throws IOException {
            long count = 0;
            byte[] buffer = new byte[65536];
            for (int read = session.in().read(buffer); read >= 0; read = session.in().read(buffer)) {
                count += read;
            }
            session.print("counted " + count);
        }
    }

    @picocli.CommandLine.Command(name = "sample:break", description = "Fail")
    static final class Break extends Sample {
        @Override
        public void run(Session session) {
            throw new IllegalStateException("the cat has got it");
        }
    }

    @picocli.CommandLine.Command(name = "sample:destroy", description = "Destroy an app")
    static final class Destroy extends Sample {
        @Parameters(paramLabel = "<app>")
        private Optional<AppName> app = Optional.empty();

        @Override
        public Access access() {
            return Access.DEPLOY;
        }

        @Override
        public Optional<AppName> app() {
            return app;
        }

        @Override
        public void run(Session session) {
            session.confirm(app.orElseThrow(), "This command will destroy " + app.orElseThrow() + ".");
            session.out().milestone("destroyed");
        }
    }

    @picocli.CommandLine.Command(name = "sample", description = "Run words")
    static final class Run extends Sample {
        @Option(names = "-e")
        private String variable = "";
        @Parameters(index = "0", paramLabel = "<app>")
        private AppName app = OneApp.HELLO;
        @Parameters(index = "1..*")
        private List<String> words = List.of();

        @Override
        public Optional<AppName> app() {
            return Optional.of(app);
        }

        @Override
        public boolean optionsEndAtFirstParameter() {
            return true;
        }

        @Override
        public void run(Session session) {
            session.print(app + " " + variable + " " + words);
        }
    }

    @picocli.CommandLine.Command(name = "sample:size", description = "Show the terminal's size, and the one after both sides have changed")
    static final class Size extends Sample {
        @Override
        public void run(Session session) throws InterruptedException {
            Terminal terminal = session.terminal().orElseThrow();
            CountDownLatch resized = new CountDownLatch(1);
            int columns = terminal.columns();
            int rows = terminal.rows();
            // A client may tell of a new width and a new height one after the other.
            terminal.onResize(() -> {
                if (terminal.columns() != columns && terminal.rows() != rows) {
                    resized.countDown();
                }
            });
            session.print(terminal.type() + " " + terminal.columns() + "x" + terminal.rows());
            resized.await();
            session.print("now " + terminal.columns() + "x" + terminal.rows());
        }
    }

    @picocli.CommandLine.Command(name = "sample:wait", description = "Wait until interrupted")
    final class Wait extends Sample {
        @Override
        public void run(Session session) throws InterruptedException {
            session.print("waiting");
            waiting.countDown();
            try {
                new CountDownLatch(1).await();
            } finally {
                interrupted.countDown();
            }
        }
    }

    @picocli.CommandLine.Command(name = "sample:admin", description = "For administrators")
    static final class Admin extends Sample {
        @Override
        public Access access() {
            return Access.ADMIN;
        }

        @Override
        public void run(Session session) {
            session.print("hello admin");
        }
    }
}
