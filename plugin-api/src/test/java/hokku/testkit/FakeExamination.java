package hokku.testkit;

import hokku.api.Finding;
import hokku.api.spi.Examination;
import java.util.List;

/// An examination that finds what a test wants found.
public final class FakeExamination implements Examination {
    /// What happens instead of finding something.
    public interface Look {
        List<Finding> look() throws Exception;
    }

    private final String name;
    private final Look look;

    public FakeExamination(String name, Finding... findings) {
        this(name, () -> List.of(findings));
    }

    /// @param look what is done when somebody asks: throws, hangs …
    public FakeExamination(String name, Look look) {
        this.name = name;
        this.look = look;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public List<Finding> examine() throws Exception {
        return look.look();
    }
}
