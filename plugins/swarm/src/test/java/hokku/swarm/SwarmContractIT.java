package hokku.swarm;

import hokku.api.Instance;
import hokku.api.spi.Scheduler;
import hokku.testkit.SchedulerContract;
import hokku.testkit.SharedSwarmLab;
import hokku.testkit.SwarmLab;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(SharedSwarmLab.class)
class SwarmContractIT extends SchedulerContract {
    private static RealSwarm real;
    private static String manager;

    @BeforeAll
    static void open(SwarmLab lab) throws IOException {
        real = new RealSwarm(lab);
        manager = lab.manager().name();
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
    protected boolean isHere(Instance instance) {
        return instance.node().equals(manager);
    }

    @Override
    protected String image() {
        return RealSwarm.IMAGE;
    }

    @Override
    protected List<String> serving() {
        return RealSwarm.SERVING;
    }
}
