package hokku.core.doctor;

import hokku.api.Engine;
import hokku.api.Finding;
import hokku.api.UserError;
import hokku.api.spi.Examination;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the clock is kept right, and whether the engine's says the same. Certificates and tokens fail when it is wrong.
final class Time implements Examination {
    private static final Path SYSTEMD = Path.of("/run/systemd/system");
    private static final Duration ODD = Duration.ofSeconds(3);
    private static final Duration FAR = Duration.ofSeconds(60);

    private final Engine engine;
    private final Clock clock;

    Time(Engine engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    @Override
    public String name() {
        return "clock";
    }

    @Override
    public List<Finding> examine() throws InterruptedException {
        List<Finding> findings = new ArrayList<>();
        findings.add(synchronization());
        skew().flatMap(Time::judge).ifPresent(findings::add);
        return findings;
    }

    private static Finding synchronization() throws InterruptedException {
        Optional<String> answer = Files.exists(SYSTEMD) ? Program.ask("timedatectl", "show", "--property=NTPSynchronized", "--value")
                : Optional.empty();
        return answer.map(String::strip).map(said -> said.equals("yes") ? Finding.well("synchronised with a time server")
                : Finding.warning("not synchronised with a time server", "Switch it on: timedatectl set-ntp true (package systemd-timesyncd)"))
                .orElseGet(() -> Finding.well("nobody here tells whether it is synchronised; whoever runs this machine sees to that"));
    }

    /// How far the engine's clock is ahead; empty when it does not answer, which is another one's finding.
    private Optional<Duration> skew() {
        try {
            Instant before = clock.instant();
            String theirs = engine.client().infoCmd().exec().getSystemTime();
            Duration asking = Duration.between(before, clock.instant());
            return Optional.ofNullable(theirs).map(text -> Duration.between(before.plus(asking.dividedBy(2)), OffsetDateTime.parse(text).toInstant()));
        } catch (UserError silent) {
            return Optional.empty();
        }
    }

    static Optional<Finding> judge(Duration skew) {
        String text = "the engine's clock differs by %d s from this machine's".formatted(skew.abs().toSeconds());
        String remedy = "Synchronise both with a time server";
        if (skew.abs().compareTo(ODD) < 0) {
            return Optional.empty();
        }
        return Optional.of(skew.abs().compareTo(FAR) < 0 ? Finding.warning(text, remedy) : Finding.wrong(text, remedy));
    }
}
