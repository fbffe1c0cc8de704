package hokku.core.doctor;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import hokku.core.plugin.FailedJob;
import java.util.List;
import java.util.function.Supplier;

/// Jobs whose last run failed.
final class FailedJobs implements Examination {
    private final Supplier<List<FailedJob>> failed;

    FailedJobs(Supplier<List<FailedJob>> failed) {
        this.failed = failed;
    }

    @Override
    public String name() {
        return "jobs";
    }

    @Override
    public List<Finding> examine() {
        List<Finding> findings = failed.get().stream().map(job -> Finding.wrong(
                "%s of plugin %s failed at %s: %s".formatted(job.job(), job.plugin(), job.at(), job.reason()),
                "Mend that; the server's log says more, and the job comes again by itself")).toList();
        return findings.isEmpty() ? List.of(Finding.well("none failed when it ran last")) : findings;
    }
}
