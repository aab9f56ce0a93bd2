// Charts become pictures: a button with data-png draws the SVG at that address and hands it over as a PNG.
const SHARPER = 2; // pixels of the picture for each of the drawing

async function savePicture(button) {
  const response = await fetch(button.dataset.png);
  if (!response.ok) return;
  const drawing = URL.createObjectURL(await response.blob());
  try {
    const image = new Image();
    image.src = drawing;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = image.naturalWidth * SHARPER;
    canvas.height = image.naturalHeight * SHARPER;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const picture = URL.createObjectURL(await new Promise((done) => canvas.toBlob(done, "image/png")));
    const link = Object.assign(document.createElement("a"), { href: picture, download: button.dataset.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(picture), 60_000);
  } finally {
    URL.revokeObjectURL(drawing);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-png]");
  if (button) savePicture(button);
});
