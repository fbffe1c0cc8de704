package hokku.testkit;

import hokku.api.spi.Scheduler;
import java.util.List;

class FakeSchedulerTest extends SchedulerContract {
    private final FakeScheduler scheduler = new FakeScheduler("fake");

    @Override
    protected Scheduler scheduler() {
        return scheduler;
    }

    @Override
    protected String image() {
        return "image";
    }

    @Override
    protected List<String> serving() {
        return List.of("serve");
    }
}
