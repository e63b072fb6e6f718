//! e to the power of many numbers at once: a comment takes some 1,500 of them.

/// Above this distance from zero a power is taken apart.
const HALF_LN2: f32 = f32::from_bits(0x3eb1_7218);
/// Above this distance it is more than one step of ln 2 away.
const MORE_LN2: f32 = f32::from_bits(0x3f85_1592);
/// Up to this distance 1 + x is exact enough.
const TINY: f32 = f32::from_bits(0x3900_0000);
/// From here down nothing is left.
const LEAST: f32 = -f32::from_bits(0x42cf_f1b5);
/// ln 2 in two parts, and its inverse.
const LN2_HIGH: f32 = f32::from_bits(0x3f31_7200);
const LN2_LOW: f32 = f32::from_bits(0x35bf_be8e);
const INVERSE_LN2: f32 = f32::from_bits(0x3fb8_aa3b);
/// What has no bits left for a fraction, so that adding it rounds.
const WHOLE: f32 = 12_582_912.0;
/// The polynomial of the remainder.
const P1: f32 = 1.666_662_5e-1;
const P2: f32 = -2.766_733_3e-3;

/// e to the power of each number, none of which may be above zero. Bit for bit what `libm::expf` gives, whose steps these
/// are, but without branches, so that the compiler takes several numbers at a time.
pub(crate) fn exponentials(powers: &mut [f32]) {
    powers.iter_mut().for_each(|power| *power = exponential(*power));
}

#[inline]
fn exponential(power: f32) -> f32 {
    // Numbers below the least normal one are slow to compute with, and most powers that small are of topics left out.
    let all = if power <= LEAST { 0.0 } else { power };
    let far = rounded_up(INVERSE_LN2 * all - 0.5);
    let near = if all < -HALF_LN2 { -1 } else { 0 };
    let steps = if all < -MORE_LN2 { far } else { near };
    let high = all - steps as f32 * LN2_HIGH;
    let low = steps as f32 * LN2_LOW;
    let x = high - low;
    let xx = x * x;
    let c = x - xx * (P1 + xx * P2);
    let y = 1.0 + (x * c / (2.0 - c) - low + high);
    // In two halves, so that only the last one can round.
    let half = steps >> 1;
    let scaled = y * power_of_two(half) * power_of_two(steps - half);
    let whole = if all >= -TINY { 1.0 + all } else { scaled };
    if power <= LEAST { 0.0 } else { whole }
}

/// The next whole number; a cast would be done for one number at a time.
#[inline]
fn rounded_up(value: f32) -> i32 {
    let rounded = value + WHOLE;
    let steps = (rounded.to_bits() as i32).wrapping_sub(WHOLE.to_bits() as i32);
    steps + i32::from(rounded - WHOLE < value)
}

#[inline]
fn power_of_two(steps: i32) -> f32 {
    f32::from_bits(((127 + steps) as u32) << 23)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_power_is_that_of_the_library_to_the_last_bit() {
        let edges = [HALF_LN2, MORE_LN2, TINY, -LEAST, 87.336_55, 126.0, f32::MAX, f32::INFINITY, 0.0];
        let near = edges.iter().flat_map(|edge| {
            (0..=4).map(|step| f32::from_bits((edge.to_bits() + step).saturating_sub(2).min(0x7f80_0000)))
        });
        let spread = (0..=0x7f80_0000_u32).step_by(1_009).map(f32::from_bits);
        for power in near.chain(spread).map(|power| -power) {
            assert_eq!(exponential(power).to_bits(), libm::expf(power).to_bits(), "{power}");
        }
    }
}
