"""Norwegian headers. Not here, because logs mean other things by them: navn, kjøring, mengde, oppstart."""

from schemas.run_log.headers.table import table

NORWEGIAN = table(
    supplier_reference_id="""
        Batchnr. | Batch | Batchnummer | Batch-ID | Parti | Partinr. | Partinummer | Parti-ID | Charge
        Chargenr. | Chargenummer | Charge-ID | Lot | Lotnr. | Lotnummer | Kjøring nr. | Kjøringsnr.
        Kjørenummer | Referanse | Referansenr. | Referansenummer | Produksjonsparti | Satsnr.
        Satsnummer
    """,
    facility="""
        Anlegg | Anleggsnavn | Anleggs-ID | Ovn | Ovn nr. | Reaktor | Reaktor nr. | Pyrolyseanlegg
        Pyrolyseovn | Pyrolysereaktor | Produksjonsanlegg | Produksjonssted | Fabrikk
    """,
    feedstock="""
        Råstoff | Råstoffer | Råstofftype | Råvare | Råvarer | Råmateriale | Biomasse | Biomassetype
        Type biomasse | Type råstoff | Innsatsmateriale
    """,
    started_at="""
        Start | Startet | Starttidspunkt | Produksjonsstart | Start produksjon | Start av produksjon
        Pyrolysestart | Start pyrolyse | Start av pyrolyse | Start dato/tid | Start dato og tid
        Start dato og klokkeslett | Batchstart
    """,
    started_date="Startdato | Dato start",
    started_time="Starttid | Start klokkeslett | Klokkeslett start | Tid start | Start kl. | Kl. start",
    ended_at="""
        Slutt | Sluttidspunkt | Slutttidspunkt | Avsluttet | Produksjonsslutt | Slutt produksjon
        Slutt på produksjon | Pyrolyseslutt | Slutt pyrolyse | Slutt dato/tid | Slutt dato og tid
        Slutt dato og klokkeslett | Stopp | Stopptidspunkt | Batchslutt
    """,
    ended_date="Sluttdato | Dato slutt | Stoppdato",
    ended_time="""
        Slutttid | Sluttid | Slutt klokkeslett | Klokkeslett slutt | Tid slutt | Slutt kl. | Kl. slutt
        Stopptid
    """,
    mass="""
        Biokull | Biokullmasse | Masse biokull | Masse av biokull | Biokullvekt | Vekt biokull
        Vekt av biokull | Produsert biokull | Biokull produsert | Biokullmengde | Mengde biokull
        Biochar | Masse | Vekt | Nettovekt | Netto masse
    """,
    mass_unit="Enhet | Masseenhet | Vektenhet | Måleenhet | Enhet for masse",
    mass_standard_deviation="Standardavvik | Std.avvik | Standardavvik masse | Standardavvik for masse",
    display_name="Visningsnavn | Batchnavn | Partinavn | Navn på batch",
)
