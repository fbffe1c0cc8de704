package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TaskOutputTest {
    private static final String REASON = "warning: incomplete log stream. some logs could not be retrieved for the following reasons: node abc is not available";

    @Test
    void theReasonOfTheManagersIsReadWithoutTheMarksOfItsStream() {
        assertThat(TaskOutput.readable("\3\0\0\0\0\0\0\uFFFDError grabbing logs: rpc error: code = Unknown desc = " + REASON + "\n\n")).isEqualTo(REASON);
    }

    @Test
    void whatTheManagersLeaveOutIsNeverTakenForNothing() {
        assertThat(TaskOutput.readable("\3")).isEqualTo("the managers did not say why");
        assertThat(TaskOutput.readable("\n")).isEqualTo("the managers did not say why");
    }
}
