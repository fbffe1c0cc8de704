package hokku.swarm.registry;

import com.github.dockerjava.api.async.ResultCallbackTemplate;
import com.github.dockerjava.api.exception.DockerClientException;
import com.github.dockerjava.api.model.PushResponseItem;
import com.github.dockerjava.api.model.ResponseItem.ProgressDetail;
import hokku.api.Output;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// One push, as the engine tells of it. Closing it cancels it: the engine gives up what nobody waits for.
final class Push extends ResultCallbackTemplate<Push, PushResponseItem> {
    private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
    private static final long MEGABYTE = 1024 * 1024;

    private final Output out;
    /// The library's own way to wait for a while closes the stream at the end of it.
    private final CompletableFuture<Boolean> end = new CompletableFuture<>();
    private final Map<String, Layer> layers = new HashMap<>();
    private volatile long heard = System.nanoTime();
    private volatile Optional<String> error = Optional.empty();
    private volatile Optional<String> digest = Optional.empty();
    private long told = System.nanoTime();
    private String lastLine = "";

    /// @param state the engine's word for it
    private record Layer(String state, long current, long total) {}

    Push(Output out) {
        this.out = out;
    }

    @Override
    public void onNext(PushResponseItem item) {
        heard = System.nanoTime();
        if (item.getErrorDetail() != null || item.isErrorIndicated()) {
            error = Optional.of(item.getErrorDetail() != null && item.getErrorDetail().getMessage() != null ? item.getErrorDetail().getMessage()
                    : "the registry gave no reason");
        }
        if (item.getAux() != null && item.getAux().getDigest() != null) {
            digest = Optional.of(item.getAux().getDigest());
        }
        if (item.getId() != null && item.getStatus() != null) {
            note(item.getId(), item.getStatus(), Optional.ofNullable(item.getProgressDetail()));
        }
    }

    @Override
    public void onError(Throwable broken) {
        end.completeExceptionally(broken);
        super.onError(broken);
    }

    @Override
    public void onComplete() {
        end.complete(true);
        super.onComplete();
    }

    private synchronized void note(String layer, String state, Optional<ProgressDetail> progress) {
        Optional<Layer> before = Optional.ofNullable(layers.get(layer));
        long total = progress.map(ProgressDetail::getTotal).orElseGet(() -> before.map(Layer::total).orElse(0L));
        long current = progress.map(ProgressDetail::getCurrent).orElseGet(() -> state.equals("Pushed") ? total : before.map(Layer::current).orElse(0L));
        layers.put(layer, new Layer(state, total == 0 ? current : Math.min(current, total), total));
        if (state.startsWith("Retrying") && !before.map(Layer::state).orElse("").startsWith("Retrying")) {
            out.detail("The registry broke off, the engine tries again");
        }
    }

    /// Waits for its end, and tells now and then how far it is.
    ///
    /// @param patience how long nothing may be heard of it
    /// @return why it failed, if so
    Optional<String> await(Duration patience) throws InterruptedException {
        while (!hasEnded()) {
            if (System.nanoTime() - heard > patience.toNanos()) {
                return Optional.of("i/o timeout: nothing was heard of the push for " + patience.toSeconds() + " s");
            }
            tellProgress();
        }
        return error;
    }

    private boolean hasEnded() throws InterruptedException {
        try {
            return end.get(1, TimeUnit.SECONDS);
        } catch (TimeoutException notYet) {
            return false;
        } catch (ExecutionException broken) {
            throw broken.getCause() instanceof RuntimeException exception ? exception : new DockerClientException("the push broke off", broken.getCause());
        }
    }

    Optional<String> digest() {
        return digest;
    }

    private synchronized void tellProgress() {
        long current = layers.values().stream().mapToLong(Layer::current).sum();
        long total = layers.values().stream().mapToLong(Layer::total).sum();
        String line = "%d of %d MB".formatted(current / MEGABYTE, total / MEGABYTE);
        if (System.nanoTime() - told > BETWEEN_LINES.toNanos() && total >= MEGABYTE && !line.equals(lastLine)) {
            told = System.nanoTime();
            lastLine = line;
            out.detail(line);
        }
    }

    /// What was done, in a few words.
    synchronized String summary() {
        long pushed = layers.values().stream().filter(layer -> layer.state().equals("Pushed")).count();
        long known = layers.values().stream().filter(layer -> layer.state().contains("already exists") || layer.state().startsWith("Mounted")).count();
        return "%d %s pushed, %d there already".formatted(pushed, pushed == 1 ? "layer" : "layers", known);
    }
}
