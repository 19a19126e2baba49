//! Pictures: their size, a small one for the thread, and forms that WhatsApp takes.

use std::io::Cursor;

use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::webp::WebPDecoder;
use image::{
    AnimationDecoder as _, DynamicImage, GenericImageView as _, ImageDecoder as _, ImageFormat, ImageReader,
    Limits, Rgb, RgbImage,
};

/// The longer side of a thumbnail, in pixels.
const THUMBNAIL: u32 = 320;
/// More is not a photo but a trap: a few bytes that unpack to gigabytes.
const LONGEST_SIDE: u32 = 16_384;
const MOST_MEMORY: u64 = 256 * 1024 * 1024;
/// The sides that a picture is reduced to until it is small enough.
const SIDES: [u32; 5] = [6000, 4096, 2560, 1600, 1024];

/// A picture that was unpacked.
pub(super) struct Picture {
    image: DynamicImage,
    /// More bits for a colour than WhatsApp takes.
    pub deep: bool,
    pub animated: bool,
}

/// Unpacks a picture, upright as its camera was held. `None` for what is none, is damaged or is a trap.
pub(super) fn unpack(bytes: &[u8]) -> Option<Picture> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let format = reader.format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(LONGEST_SIDE);
    limits.max_image_height = Some(LONGEST_SIDE);
    limits.max_alloc = Some(MOST_MEMORY);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().ok()?;
    limits.reserve(decoder.total_bytes()).ok()?;
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    let deep = image.color().bytes_per_pixel() > image.color().channel_count();
    Some(Picture {
        deep,
        image,
        animated: is_animated(bytes, format),
    })
}

fn is_animated(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::WebP => {
            WebPDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.has_animation())
        }
        ImageFormat::Gif => {
            GifDecoder::new(Cursor::new(bytes)).is_ok_and(|decoder| decoder.into_frames().take(2).count() > 1)
        }
        _ => false,
    }
}

impl Picture {
    pub(super) fn width(&self) -> u32 {
        self.image.width()
    }

    pub(super) fn height(&self) -> u32 {
        self.image.height()
    }

    /// Returns a small one: JPEG, or WebP where something shows through.
    pub(super) fn thumbnail(&self) -> Option<Vec<u8>> {
        let small = self.within(THUMBNAIL);
        if shows_through(&small) {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgba8(small.to_rgba8())
                .write_to(&mut bytes, ImageFormat::WebP)
                .ok()?;
            Some(bytes.into_inner())
        } else {
            jpeg(&small, 78)
        }
    }

    /// Returns the picture as WhatsApp takes it, of at most `limit` bytes, with its type.
    ///
    /// It stays PNG where something shows through and there is room; otherwise it becomes JPEG, smaller if need be.
    pub(super) fn sendable(&self, limit: u64) -> Option<(Vec<u8>, &'static str)> {
        let fits = |bytes: &Vec<u8>| bytes.len() as u64 <= limit;
        if shows_through(&self.image) {
            let mut bytes = Cursor::new(Vec::new());
            DynamicImage::ImageRgba8(self.image.to_rgba8())
                .write_to(&mut bytes, ImageFormat::Png)
                .ok()?;
            let bytes = bytes.into_inner();
            if fits(&bytes) {
                return Some((bytes, "image/png"));
            }
        }
        SIDES
            .into_iter()
            .find_map(|side| jpeg(&self.within(side), 85).filter(fits))
            .map(|bytes| (bytes, "image/jpeg"))
    }

    /// Returns the picture with no side longer than `side`.
    fn within(&self, side: u32) -> DynamicImage {
        if self.width() <= side && self.height() <= side {
            self.image.clone()
        } else {
            self.image.thumbnail(side, side)
        }
    }
}

fn shows_through(image: &DynamicImage) -> bool {
    image.color().has_alpha() && image.pixels().any(|(_, _, pixel)| pixel.0[3] < u8::MAX)
}

/// JPEG knows nothing that shows through: white is put behind.
fn jpeg(image: &DynamicImage, quality: u8) -> Option<Vec<u8>> {
    let flat = if image.color().has_alpha() {
        on_white(image)
    } else {
        image.to_rgb8()
    };
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(&flat)
        .ok()?;
    Some(bytes)
}

fn on_white(image: &DynamicImage) -> RgbImage {
    let mut flat = RgbImage::new(image.width(), image.height());
    for (x, y, pixel) in image.to_rgba8().enumerate_pixels() {
        let [red, green, blue, alpha] = pixel.0;
        let over = |colour: u8| {
            let (colour, alpha) = (u16::from(colour), u16::from(alpha));
            u8::try_from((colour * alpha + 255 * (255 - alpha)) / 255).unwrap_or(u8::MAX)
        };
        flat.put_pixel(x, y, Rgb([over(red), over(green), over(blue)]));
    }
    flat
}

#[cfg(test)]
mod tests {
    use image::{Rgba, RgbaImage};

    use super::*;

    fn encoded(image: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        image.write_to(&mut bytes, format).unwrap();
        bytes.into_inner()
    }

    fn photo(width: u32, height: u32) -> DynamicImage {
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
            Rgb([(x % 251) as u8, (y % 241) as u8, ((x * y) % 239) as u8])
        }))
    }

    #[test]
    fn a_thumbnail_is_small_and_keeps_the_shape() {
        let picture = unpack(&encoded(&photo(1000, 500), ImageFormat::Jpeg)).unwrap();
        assert_eq!((picture.width(), picture.height()), (1000, 500));
        let thumbnail = unpack(&picture.thumbnail().unwrap()).unwrap();
        assert_eq!((thumbnail.width(), thumbnail.height()), (320, 160));
    }

    #[test]
    fn a_photo_taken_upright_stands_upright() {
        // Orientation 6: the camera lay on its side. The segment comes right after the first marker.
        let exif = b"\xff\xe1\x00\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
        let plain = encoded(&photo(80, 40), ImageFormat::Jpeg);
        let turned = [&plain[..2], exif, &plain[2..]].concat();
        let picture = unpack(&turned).unwrap();
        assert_eq!((picture.width(), picture.height()), (40, 80));
    }

    #[test]
    fn what_shows_through_a_sticker_still_does_in_its_thumbnail() {
        let mut sticker = RgbaImage::from_pixel(512, 512, Rgba([200, 30, 30, 255]));
        sticker.put_pixel(0, 0, Rgba([0, 0, 0, 0]));
        for (x, _, pixel) in sticker.enumerate_pixels_mut() {
            if x < 256 {
                pixel.0[3] = 0;
            }
        }
        let bytes = encoded(&DynamicImage::ImageRgba8(sticker), ImageFormat::WebP);
        let thumbnail = unpack(&bytes).unwrap().thumbnail().unwrap();
        assert!(thumbnail.starts_with(b"RIFF"));
    }

    #[test]
    fn a_few_bytes_that_unpack_to_gigabytes_are_refused() {
        // A PNG's header is enough: 60,000 × 60,000 pixels.
        let mut bomb = encoded(&photo(8, 8), ImageFormat::Png);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        assert!(unpack(&bomb).is_none());
        assert!(unpack(b"\x89PNG\r\n\x1a\nnothing").is_none());
        assert!(unpack(b"no picture").is_none());
    }

    #[test]
    fn a_picture_of_another_type_or_too_large_becomes_one_that_whatsapp_takes() {
        let bmp = unpack(&encoded(&photo(1200, 800), ImageFormat::Bmp)).unwrap();
        let (whole, mime) = bmp.sendable(u64::MAX).unwrap();
        assert_eq!((mime, unpack(&whole).unwrap().width()), ("image/jpeg", 1200));
        let limit = whole.len() as u64 - 1;
        let (smaller, _) = bmp.sendable(limit).unwrap();
        assert!(smaller.len() as u64 <= limit);
        assert_eq!(unpack(&smaller).unwrap().width(), 1024);
        assert!(bmp.sendable(10).is_none());
    }

    #[test]
    fn a_moving_gif_is_known_as_one() {
        let frame = || image::Frame::new(RgbaImage::from_pixel(4, 4, Rgba([1, 2, 3, 255])));
        let gif = |frames: usize| {
            let mut bytes = Vec::new();
            image::codecs::gif::GifEncoder::new(&mut bytes)
                .encode_frames((0..frames).map(|_| frame()))
                .unwrap();
            bytes
        };
        assert!(!unpack(&gif(1)).unwrap().animated);
        assert!(unpack(&gif(3)).unwrap().animated);
    }
}
