package hokku.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import hokku.api.Source;
import hokku.api.SourceTree;
import hokku.api.spi.Builder;
import java.util.Set;
import org.junit.jupiter.api.Test;

class FakeBuilderTest extends BuilderContract {
    private final FakeBuilder builder = new FakeBuilder();

    @Override
    protected Builder builder() {
        return builder;
    }

    @Override
    protected SourceTree good() {
        return FakeSourceTree.EMPTY.with("Fakefile", "hello\n");
    }

    @Override
    protected SourceTree failing() {
        return FakeSourceTree.EMPTY.with("Fakefile", "FAIL\n");
    }

    @Override
    protected SourceTree endless() {
        return FakeSourceTree.EMPTY.with("Fakefile", "waiting\nWAIT\n");
    }

    @Override
    protected SourceTree foreign() {
        return FakeSourceTree.EMPTY.with("Dockerfile", "FROM scratch\n");
    }

    @Override
    protected Set<String> remains() {
        return Set.of();
    }

    @Test
    void itsCacheIsWhatItHasBuiltUntilThatIsPurged() throws Exception {
        Source source = source(good());
        builder.build(source, new RecordingOutput());
        assertThat(builder.keeps(source.app())).isTrue();
        builder.purgeCache(source.app());
        assertThat(builder.keeps(source.app())).isFalse();
    }
}
