package hokku.core.command;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.AppId;
import hokku.api.Instance;
import hokku.api.ProcessSpec;
import hokku.api.ProcessType;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class InstanceTextTest {
    private static String status(String container, String node, Instance.State state) {
        return InstanceText.status(new Instance(AppId.random(), ProcessSpec.Kind.DEPLOY, ProcessType.WEB, 1, container, node, "d1", 12, state,
                Optional.empty(), OptionalInt.empty(), List.of()));
    }

    @Test
    void anIdIsShortenedAsDokkuDoesAndANameIsNot() {
        assertThat(status("0123456789ab".repeat(6).substring(0, 64), "", Instance.State.RUNNING)).isEqualTo("running (CID: 0123456789a)");
        assertThat(status("a-long-name-of-an-app-web-12.1", "", Instance.State.RUNNING)).isEqualTo("running (CID: a-long-name-of-an-app-web-12.1)");
    }

    @Test
    void aMachineIsNamedWhereThereAreSeveral() {
        assertThat(status("hello-web-12.1", "node2", Instance.State.RUNNING)).isEqualTo("running (CID: hello-web-12.1, node2)");
        assertThat(status("hello-web-12.1", "node2", Instance.State.MISSING)).isEqualTo("missing (CID: hello-web-12.1, node2)");
    }

    @Test
    void whatHasNoPlaceIsMissing() {
        assertThat(status("", "", Instance.State.MISSING)).isEqualTo("missing");
    }
}
