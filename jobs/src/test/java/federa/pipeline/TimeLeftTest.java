package federa.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TimeLeftTest {

    @Test
    void whatIsLeftTakesAsLongForItsPartAsWhatIsDone() {
        assertThat(TimeLeft.inWords(0.25, 30)).isEqualTo("25 % done, about 90 s left");
        assertThat(TimeLeft.inWords(0.25, 600)).isEqualTo("25 % done, about 30 min left");
        assertThat(TimeLeft.inWords(0.01, 600)).isEqualTo("1 % done, about 16.5 h left");
        assertThat(TimeLeft.inWords(1, 600)).isEqualTo("100 % done, about 0 s left");
    }
}
