package hokku.testkit;

import hokku.api.Finding;
import hokku.api.spi.Examination;

class FakeExaminationTest extends ExaminationContract {
    @Override
    protected Examination examination() {
        return new FakeExamination("fake", Finding.well("Nothing to see"), Finding.warning("Nearly", "Look again"));
    }
}
