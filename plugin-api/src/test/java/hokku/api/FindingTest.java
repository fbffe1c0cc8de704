package hokku.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FindingTest {
    @Test
    void itIsOneLineWhateverItIsMadeOf() {
        Finding finding = Finding.wrong("nginx says:\n  no such file\u001b[2J", " Mend it\r\n");
        assertThat(finding.text()).isEqualTo("nginx says: no such file?[2J");
        assertThat(finding.remedy()).isEqualTo("Mend it");
    }

    @Test
    void whatIsNotWellSaysWhatToDo() {
        assertThatThrownBy(() -> Finding.wrong("It is broken", " ")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Finding.warning("", "Look")).isInstanceOf(IllegalArgumentException.class);
        assertThat(Finding.well("Fine").remedy()).isEmpty();
    }
}
