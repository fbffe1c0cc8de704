package hokku.buildstep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import hokku.testkit.RecordingOutput;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class PlacesTest {
    private final Places places = new Places();
    private final RecordingOutput out = new RecordingOutput();

    private record Waiting(Thread thread, CompletableFuture<Places.Place> place) {}

    private Waiting waiting(int most) {
        CompletableFuture<Places.Place> place = new CompletableFuture<>();
        Thread thread = Thread.ofVirtual().start(() -> {
            try {
                place.complete(places.take(() -> most, out));
            } catch (InterruptedException cancelled) {
                place.completeExceptionally(cancelled);
            }
        });
        return new Waiting(thread, place);
    }

    @Test
    void whoComesLateWaitsAndIsTold() throws Exception {
        Places.Place first = places.take(() -> 1, out);
        assertThat(out.lines()).isEmpty();
        Waiting second = waiting(1);
        await().until(() -> !out.lines().isEmpty());
        assertThat(out.lines()).singleElement().asString().contains("Waiting", "1 run", "builds-at-once");
        assertThat(second.place()).isNotDone();
        first.close();
        second.place().join().close();
        places.take(() -> 1, out).close();
        assertThat(out.lines()).hasSize(1);
    }

    @Test
    void whoIsCancelledLeavesNoPlaceTaken() throws Exception {
        Places.Place first = places.take(() -> 1, out);
        Waiting second = waiting(1);
        await().until(() -> !out.lines().isEmpty());
        second.thread().interrupt();
        assertThatThrownBy(second.place()::join).hasCauseInstanceOf(InterruptedException.class);
        first.close();
        places.take(() -> 1, out).close();
    }

    @Test
    void aHigherNumberIsHeededWhenAPlaceIsFree() throws Exception {
        AtomicInteger most = new AtomicInteger(1);
        Places.Place first = places.take(most::get, out);
        most.set(2);
        Places.Place second = places.take(most::get, out);
        most.set(1);
        first.close();
        Waiting third = waiting(1);
        await().until(() -> !out.lines().isEmpty());
        second.close();
        third.place().join().close();
    }
}
