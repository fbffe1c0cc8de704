package hokku.dockerlocal;

import hokku.api.spi.Examination;
import hokku.testkit.ExaminationContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;

/// The pool as the engine of this machine has it.
class NetworkPoolIT extends ExaminationContract {
    private final RealEngine engine = new RealEngine();

    @AfterEach
    void close() throws IOException {
        engine.close();
    }

    @Override
    protected Examination examination() {
        return new NetworkPool(engine.engine(), engine.networks());
    }
}
