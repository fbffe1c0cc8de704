package hokku.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What every examination does, where what it looks at is as it should be.
public abstract class ExaminationContract {
    /// The examination, in surroundings in which nothing is wrong.
    protected abstract Examination examination() throws Exception;

    @Test
    void itsNameIsAWord() throws Exception {
        assertThat(examination().name()).matches("[a-z0-9][a-z0-9-]*");
    }

    @Test
    @Timeout(5)
    void whereNothingIsWrongItSaysSoInTime() throws Exception {
        assertThat(examination().examine()).isNotEmpty().noneMatch(finding -> finding.state() == Finding.State.WRONG);
    }

    @Test
    void twoMayAskAtOnce() throws Exception {
        Examination examination = examination();
        Callable<List<Finding>> ask = examination::examine;
        try (ExecutorService both = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<List<Finding>> answer : both.invokeAll(List.of(ask, ask), 10, TimeUnit.SECONDS)) {
                assertThat(answer.get()).isNotEmpty();
            }
        }
    }
}
