//! What deflate (RFC 1951) spends on each byte of what it packed.

use anyhow::{Context, Result, bail};

/// In bits, for each unpacked byte of a gzip file (RFC 1952). What belongs to no byte (headers,
/// the tables of codes, the ends of blocks) is shared out among those that it serves.
pub fn costs(gzip: &[u8]) -> Result<Vec<f64>> {
    // Ten bytes before and eight after, as nobody here gives a file name.
    let [0x1f, 0x8b, 8, 0, ..] = gzip else {
        bail!("no gzip without extra fields");
    };
    let packed = gzip.get(10..gzip.len() - 8).context("too short")?;
    let mut bits = Bits { packed, at: 0 };
    let mut costs = Vec::new();
    loop {
        let (start, first) = (bits.at, costs.len());
        let is_last = bits.take(1)? == 1;
        match bits.take(2)? {
            0 => stored(&mut bits, &mut costs)?,
            1 => compressed(&mut bits, &mut costs, &Code::fixed())?,
            2 => {
                let codes = Code::read(&mut bits)?;
                compressed(&mut bits, &mut costs, &codes)?;
            }
            _ => bail!("no such kind of block"),
        }
        let spent: f64 = costs[first..].iter().sum();
        share(&mut costs[first..], (bits.at - start) as f64 - spent);
        if is_last {
            break;
        }
    }
    let rest = gzip.len() * 8 - bits.at;
    share(&mut costs, rest as f64);
    Ok(costs)
}

fn share(costs: &mut [f64], bits: f64) {
    let each = bits / costs.len().max(1) as f64;
    costs.iter_mut().for_each(|cost| *cost += each);
}

fn stored(bits: &mut Bits, costs: &mut Vec<f64>) -> Result<()> {
    bits.at = bits.at.next_multiple_of(8);
    let length = bits.take(16)?;
    bits.take(16)?;
    bits.at += 8 * length;
    costs.extend(std::iter::repeat_n(8.0, length));
    Ok(())
}

fn compressed(
    bits: &mut Bits,
    costs: &mut Vec<f64>,
    (symbols, distances): &(Code, Code),
) -> Result<()> {
    loop {
        let start = bits.at;
        let symbol = symbols.next(bits)?;
        match symbol {
            0..256 => costs.push((bits.at - start) as f64),
            256 => return Ok(()),
            _ => {
                let length = LENGTHS.read(symbol - 257, bits)?;
                DISTANCES.read(distances.next(bits)?, bits)?;
                let each = (bits.at - start) as f64 / length as f64;
                costs.extend(std::iter::repeat_n(each, length));
            }
        }
    }
}

/// Numbers written as a symbol and some more bits (section 3.2.5).
struct Numbers {
    first: usize,
    /// How many symbols there are for each number of bits, after the first.
    per_step: usize,
}

const LENGTHS: Numbers = Numbers {
    first: 3,
    per_step: 4,
};

const DISTANCES: Numbers = Numbers {
    first: 1,
    per_step: 2,
};

impl Numbers {
    fn read(&self, symbol: usize, bits: &mut Bits) -> Result<usize> {
        // The longest match has a symbol of its own.
        if self.per_step == 4 && symbol == 28 {
            return Ok(258);
        }
        let extra = (symbol / self.per_step).saturating_sub(1);
        let base = if extra == 0 {
            symbol
        } else {
            (self.per_step + symbol % self.per_step) << extra
        };
        Ok(self.first + base + bits.take(extra)?)
    }
}

/// A code of Huffman's: symbols in the order of their codes, and how many have each length.
struct Code {
    counts: [usize; 16],
    symbols: Vec<usize>,
}

impl Code {
    fn new(lengths: &[usize]) -> Self {
        let mut counts = [0; 16];
        for &length in lengths {
            counts[length] += 1;
        }
        let mut symbols: Vec<_> = (0..lengths.len()).filter(|&one| lengths[one] > 0).collect();
        symbols.sort_by_key(|&symbol| lengths[symbol]);
        counts[0] = 0;
        Self { counts, symbols }
    }

    fn fixed() -> (Self, Self) {
        let length = |symbol| match symbol {
            0..144 => 8,
            144..256 => 9,
            256..280 => 7,
            _ => 8,
        };
        let symbols: Vec<_> = (0..288).map(length).collect();
        (Self::new(&symbols), Self::new(&[5; 30]))
    }

    /// The codes of a block, as they stand before it (section 3.2.7).
    fn read(bits: &mut Bits) -> Result<(Self, Self)> {
        const ORDER: [usize; 19] = [
            16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
        ];
        let symbols = bits.take(5)? + 257;
        let distances = bits.take(5)? + 1;
        let given = bits.take(4)? + 4;
        let mut of_lengths = [0; 19];
        for &place in &ORDER[..given] {
            of_lengths[place] = bits.take(3)?;
        }
        let code = Self::new(&of_lengths);
        let mut lengths = Vec::new();
        while lengths.len() < symbols + distances {
            let (length, times) = match code.next(bits)? {
                16 => {
                    let last = *lengths.last().context("nothing to repeat")?;
                    (last, bits.take(2)? + 3)
                }
                17 => (0, bits.take(3)? + 3),
                18 => (0, bits.take(7)? + 11),
                length => (length, 1),
            };
            lengths.extend(std::iter::repeat_n(length, times));
        }
        let (symbols, distances) = lengths.split_at(symbols);
        Ok((Self::new(symbols), Self::new(distances)))
    }

    fn next(&self, bits: &mut Bits) -> Result<usize> {
        let (mut code, mut first, mut index) = (0, 0, 0);
        for &count in &self.counts[1..] {
            code |= bits.take(1)?;
            if code < first + count {
                return Ok(self.symbols[index + code - first]);
            }
            index += count;
            first = (first + count) << 1;
            code <<= 1;
        }
        bail!("no such code")
    }
}

struct Bits<'a> {
    packed: &'a [u8],
    at: usize,
}

impl Bits<'_> {
    /// A number of so many bits, the lowest first.
    fn take(&mut self, count: usize) -> Result<usize> {
        let mut number = 0;
        for place in 0..count {
            let byte = self.packed.get(self.at / 8).context("it ends too early")?;
            number |= usize::from(byte >> (self.at % 8) & 1) << place;
            self.at += 1;
        }
        Ok(number)
    }
}

#[cfg(test)]
mod tests {
    use super::super::gzip;
    use super::*;

    fn check(bytes: &[u8]) -> Vec<f64> {
        let zipped = gzip(bytes).unwrap();
        let costs = costs(&zipped).unwrap();
        assert_eq!(costs.len(), bytes.len());
        let sum: f64 = costs.iter().sum();
        assert!((sum - 8.0 * zipped.len() as f64).abs() < 1e-3, "{sum}");
        costs
    }

    /// Bytes that nobody can pack.
    fn noise(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut next = || {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 24) as u8
        };
        (0..length).map(|_| next()).collect()
    }

    #[test]
    fn every_bit_of_the_packed_file_is_spent_on_a_byte() {
        check(b"one short text");
        check(&noise(100_000));
        check(&b"the same again, ".repeat(5_000));
        let text: Vec<u8> = (0..40_000)
            .flat_map(|n| format!("{n} {}\n", n * n).into_bytes())
            .collect();
        check(&text);
    }

    #[test]
    fn what_is_repeated_costs_less_than_what_is_new() {
        let bytes = [noise(2_000), b"abcd".repeat(500)].concat();
        let costs = check(&bytes);
        let (new, repeated) = costs.split_at(2_000);
        assert!(new.iter().sum::<f64>() > 10.0 * repeated.iter().sum::<f64>());
    }

    #[test]
    fn what_is_no_gzip_is_an_error() {
        assert!(costs(b"PK").is_err());
        let zipped = gzip(b"a text that is cut").unwrap();
        assert!(costs(&zipped[..zipped.len() - 4]).is_err());
    }
}
