package hokku.swarm;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import com.github.dockerjava.api.model.EventType;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ManagerEventsTest {
    private static Event event(EventType type, String action, Map<String, String> attributes) {
        return new Event().withType(type).withAction(action).withEventActor(new EventActor().withAttributes(attributes));
    }

    @Test
    void servicesNodesAndTheContainersOfTasksMatter() {
        assertThat(ManagerEvents.matters(event(EventType.SERVICE, "create", Map.of("name", "hello-web-3")))).isTrue();
        assertThat(ManagerEvents.matters(event(EventType.NODE, "update", Map.of("name", "node2", "state.new", "down")))).isTrue();
        assertThat(ManagerEvents.matters(event(EventType.CONTAINER, "die", Map.of("com.docker.swarm.service.id", "x")))).isTrue();
    }

    @Test
    void otherContainersAndWhatIsDoneInThemDoNot() {
        assertThat(ManagerEvents.matters(event(EventType.CONTAINER, "die", Map.of("name", "other")))).isFalse();
        assertThat(ManagerEvents.matters(event(EventType.CONTAINER, "exec_start: ls", Map.of("com.docker.swarm.service.id", "x")))).isFalse();
        assertThat(ManagerEvents.matters(event(EventType.IMAGE, "pull", Map.of()))).isFalse();
        assertThat(ManagerEvents.matters(new Event().withAction("die"))).isFalse();
    }
}
