package hokku.dockerlocal;

import hokku.api.spi.Scheduler;
import hokku.testkit.SchedulerContract;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

class DockerLocalContractIT extends SchedulerContract {
    private static RealEngine real;

    @BeforeAll
    static void open() {
        real = new RealEngine();
    }

    @AfterAll
    static void close() throws IOException {
        real.close();
    }

    @Override
    protected Scheduler scheduler() {
        return real.scheduler();
    }

    @Override
    protected String image() {
        return RealEngine.IMAGE;
    }

    @Override
    protected List<String> serving() {
        return RealEngine.SERVING;
    }
}
