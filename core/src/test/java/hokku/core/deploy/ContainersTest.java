package hokku.core.deploy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import hokku.api.Attachment;
import hokku.api.Instance;
import hokku.api.UserError;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a user does with containers besides deploying. Those of the fake scheduler have names, as a swarm's have, and no ids.
class ContainersTest {
    @TempDir
    private Path folder;
    private House house;
    private final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @BeforeEach
    void build() throws Exception {
        house = new House(folder);
        house.push();
        house.scale(11);
    }

    private int enter(String container) throws Exception {
        return house.containers.enter(House.APP, Optional.empty(), Optional.of(container), List.of("echo", "inside"),
                Attachment.of(InputStream.nullInputStream(), written, written, Optional.empty()));
    }

    private String container(int index) {
        return house.instances().stream().filter(each -> each.index() == index).findFirst().map(Instance::container).orElseThrow();
    }

    @Test
    void aContainerIsEnteredByItsWholeNameAlthoughOthersBeginSo() throws Exception {
        String first = container(1);
        assertThat(container(10)).startsWith(first);

        assertThat(enter(first)).isZero();

        assertThat(written.toString(StandardCharsets.UTF_8)).isEqualTo("inside\n");
        house.scheduler.crash(first, 1);
        assertThatThrownBy(() -> enter(first)).isInstanceOf(UserError.class).hasMessageContaining("none of hello has the id " + first);
    }

    @Test
    void whatMovedIsEnteredReadAndRunWhereItIs() throws Exception {
        var swarm = house.install("swarm");
        house.change(app -> app.withSetting(CoreSettings.SCHEDULER_SELECTED, "swarm"));
        String there = swarm.instances(house.app().id()).getFirst().container();
        List<String> lines = new ArrayList<>();

        assertThat(enter(there)).isZero();
        house.containers.logs(House.APP, Optional.of("web.1"), 10, false, (from, at, error, text) -> lines.add(from.container() + " " + text));
        house.containers.run(House.APP, List.of("echo", "once"), hokku.api.Env.EMPTY,
                Attachment.of(InputStream.nullInputStream(), written, written, Optional.empty()), house.out);

        assertThat(lines).containsExactly(there + " ready");
        assertThat(swarm.tasks()).hasSize(1);
        assertThat(house.scheduler.tasks()).isEmpty();
    }
}
