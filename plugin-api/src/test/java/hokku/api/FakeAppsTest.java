package hokku.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Apps.Restart;
import hokku.testkit.FakeApps;
import hokku.testkit.PlainJson;
import hokku.testkit.RecordingOutput;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FakeAppsTest {
    private final FakeApps apps = new FakeApps();
    private final RecordingOutput out = new RecordingOutput();

    @Test
    void aChangeIsKeptAndCounted() throws Exception {
        apps.add("hello");
        App changed = apps.change(AppName.of("hello"), app -> app.withEnv(app.env().with("A", "1")), Restart.NEVER, out);
        assertThat(changed.revision()).isEqualTo(2);
        assertThat(apps.get("hello")).isEqualTo(changed);
        assertThat(apps.calls()).containsExactly("change hello without restart");
    }

    @Test
    void aFailedChangeLeavesTheAppAsItWas() {
        App before = apps.add("hello");
        apps.failWith(new UserError("the rollout failed"));
        assertThatThrownBy(() -> apps.change(before.name(), app -> app.withStopped(true), Restart.IF_NEEDED, out))
                .hasMessage("the rollout failed");
        assertThat(apps.get("hello")).isEqualTo(before);
    }

    @Test
    void aRestartIsRecordedUnlessTheAppIsStopped() throws Exception {
        AppName hello = apps.add("hello").name();
        apps.restart(hello, out);
        apps.put(apps.get(hello).withStopped(true));
        apps.restart(hello, out);
        assertThat(apps.calls()).containsExactly("restart hello");
        assertThatThrownBy(() -> apps.restart(AppName.of("none"), out)).isInstanceOfSatisfying(UserError.class,
                error -> assertThat(error.exitCode()).isEqualTo(UserError.NO_SUCH_APP));
    }

    @Test
    void aDomainBelongsToOneApp() {
        apps.setGlobal(Global.EMPTY.withDomains(List.of(Domain.of("example.com"))));
        apps.add("one");
        App two = apps.add("two");
        assertThat(apps.urls(two.name())).containsExactly("http://two.example.com");
        assertThatThrownBy(() -> apps.change(two.name(), app -> app.withDomains(List.of(Domain.of("one.example.com")), true),
                Restart.IF_NEEDED, out)).isInstanceOf(UserError.class).hasMessageContaining("belongs to app one");
    }

    @Test
    void plainJsonReadsBackWhatItWrote() {
        Map<String, Object> value = Map.of("text", "a \"b\"\n\\ é", "list", List.of(1L, true, Map.of()));
        assertThat(new PlainJson().read(new PlainJson().write(value))).isEqualTo(value);
        assertThatThrownBy(() -> new PlainJson().read("{\"a\": }")).isInstanceOf(UserError.class);
    }
}
